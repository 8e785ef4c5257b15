/** German, loaded whole before the first paint. */
import activity from './activity';
import bots from './bots';
import broadcasts from './broadcasts';
import contacts from './contacts';
import inbox from './inbox';
import keys from './keys';
import numbers from './numbers';
import sandbox from './sandbox';
import settings from './settings';
import shell from './shell';
import signIn from './sign-in';
import templates from './templates';
import webhooks from './webhooks';

export default {
  activity,
  bots,
  broadcasts,
  contacts,
  inbox,
  keys,
  numbers,
  sandbox,
  settings,
  shell,
  'sign-in': signIn,
  templates,
  webhooks,
};
