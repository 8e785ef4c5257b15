import { lookEverywhere, WIDE } from '../axe.mjs';

export const about = 'axe finds nothing on any page, nor in menus and dialogs: wide';
export const run = lookEverywhere({ theme: 'light', size: WIDE });
