import { texts } from '.';
import en from './en/shell';

/** Words that every page may use: buttons, states, names of places. */
export const t = texts('shell', en);
