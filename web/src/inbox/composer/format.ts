/** Tells the server that the text carries our light marks; it alone turns them into formatting. */
export const PARSE_MODE = { parse_mode: 'markers' };
