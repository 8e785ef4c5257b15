import { exact, listTime } from '../lib/time';

/** When it was, as lists say it; all of it on hover. */
export const Moment = ({ at }: { at: string }) => (
  <time dateTime={at} title={exact(at)} className="text-fg-2 tabular-nums">
    {listTime(at)}
  </time>
);
