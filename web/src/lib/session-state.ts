/** What the client must know of the session without React: the token against forgery, and whether it ended. */
type Listener = () => void;

let csrf = '';
let isOver = false;
const listeners = new Set<Listener>();
const tell = () => {
  for (const listener of listeners) listener();
};

export const session = {
  csrf: () => csrf,
  isOver: () => isOver,
  begin(token: string) {
    csrf = token;
    isOver = false;
    tell();
  },
  end() {
    if (isOver) return;
    isOver = true;
    tell();
  },
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
