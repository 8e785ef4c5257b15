import { lookEverywhere, WIDE } from '../axe.mjs';

export const about = 'axe finds nothing on any page, nor in menus and dialogs: dark';
export const run = lookEverywhere({ theme: 'dark', size: WIDE });
