/** Tells the server that the text carries our light marks. */
export const PARSE_MODE: { parse_mode?: string } = {};
