/** German, loaded whole before the first paint. */
import activity from './activity';
import bots from './bots';
import broadcasts from './broadcasts';
import contacts from './contacts';
import inbox from './inbox';
import keys from './keys';
import sandbox from './sandbox';
import settings from './settings';
import shell from './shell';
import signIn from './sign-in';
import webhooks from './webhooks';

export default {
  activity,
  bots,
  broadcasts,
  contacts,
  inbox,
  keys,
  sandbox,
  settings,
  shell,
  'sign-in': signIn,
  webhooks,
};
