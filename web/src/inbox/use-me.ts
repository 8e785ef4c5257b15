import { useSession } from '../lib/session';

/** The id of who is signed in. */
export const useMe = () => useSession().user.id;
