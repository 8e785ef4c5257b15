import { lookEverywhere, PHONE } from '../axe.mjs';

export const about = 'axe finds nothing on any page, nor in menus and dialogs: phone';
export const run = lookEverywhere({ theme: 'light', size: PHONE });
