import { queryOptions } from '@tanstack/react-query';
import { api, body, queryClient, type Schemas } from '../../lib/api';

/** The same done to many contacts by the server, which goes on when nobody looks. */
export type Job = Schemas['ContactJobView'];
/** Whom: those that were ticked, or all that the filters mean. */
export type Target = { ids: string[] } | { filter: Record<string, string> };
export type Act = { action: 'tag' | 'untag'; tags: string[] } | { action: 'delete' };
type Counts = Schemas['CountsView'];

const LOOK_MS = 1_000;
/** So many are done within one answer, which can be undone; more become a job. */
const AT_ONCE_MAX = 200;

export const lastJobQuery = queryOptions({
  queryKey: ['contact-jobs', 'last'],
  queryFn: async ({ signal }) => {
    const { results } = await body<Schemas['Listing_ContactJobView']>(
      api.GET('/contacts/jobs/', { params: { query: { page_size: 1 } }, signal }),
    );
    return (results[0] as Job | undefined) ?? null;
  },
  refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? LOOK_MS : false),
});

export const jobTold = (job: Job) => queryClient.setQueryData(lastJobQuery.queryKey, job);

/** Does it; answers with how many are different now, or with nothing where a job goes on with it. */
export async function doToMany(act: Act, target: Target): Promise<number | undefined> {
  if ('filter' in target || target.ids.length > AT_ONCE_MAX) {
    jobTold(await body<Job>(api.POST('/contacts/jobs/', { body: { ...act, ...read(target) } })));
    return undefined;
  }
  const { changed } = await body<Counts>(at(act, target.ids));
  void queryClient.invalidateQueries({ queryKey: ['contacts'] });
  return changed;
}

function at(act: Act, ids: string[]): Promise<{ data?: Counts }> {
  if (act.action === 'delete') return api.POST('/contacts/bulk/delete/', { body: { ids } });
  const given = { body: { ids, tags: act.tags } };
  return act.action === 'tag' ? api.POST('/contacts/bulk/tag/', given) : api.POST('/contacts/bulk/untag/', given);
}

/** The address has only words; the body knows yes and no. */
function read(target: Target) {
  if ('ids' in target) return target;
  const { do_not_contact: out, ...rest } = target.filter;
  return { filter: { ...rest, ...(out && { do_not_contact: out === 'true' }) } as Schemas['ContactFilter'] };
}
