import { queryOptions } from '@tanstack/react-query';
import { api, body, queryClient, request, type Schemas } from '../../lib/api';
import type { Contact } from '../../lib/inbox';

export type { Contact } from '../../lib/inbox';
export { nameOf } from '../../lib/inbox';
export type ContactChange = Partial<Schemas['ContactBody']>;
export type Reach = Schemas['ReachView'];
/** As it comes when one contact is asked for. */
export type WholeContact = Contact & { reachability?: Reach[] };

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['contacts', 'one', id] as const,
    queryFn: ({ signal }) =>
      body<WholeContact>(
        api.GET('/contacts/{id}/', { params: { path: { id } }, signal }) as Promise<{ data?: WholeContact }>,
      ),
  });

export async function changeContact(id: string, change: ContactChange): Promise<Contact> {
  const next = await body<Contact>(
    api.PATCH('/contacts/{id}/', { params: { path: { id } }, body: change as Schemas['ContactBody'] }),
  );
  void queryClient.invalidateQueries({ queryKey: ['contacts'] });
  void queryClient.invalidateQueries({ queryKey: ['inbox'] });
  return next;
}

export type Segment = { id: string; name: string; rules: Rules };
export type Rule = { field: string; operator: string; value?: unknown };
export type Rules = { match: 'all' | 'any'; rules: Rule[] };
export type SegmentField = { field: string; type: string; operators: string[] };

export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: async ({ signal }) =>
    (await request<{ results: Segment[] }>('/contacts/segments/?page_size=200&ordering=name', { signal })).results,
  staleTime: 60_000,
  retry: false,
});
export const segmentFieldsQuery = queryOptions({
  queryKey: ['segments', 'fields'],
  queryFn: async ({ signal }) =>
    (await request<{ fields: SegmentField[] }>('/contacts/segments/fields/', { signal })).fields,
  staleTime: 5 * 60_000,
});

export type Import = Schemas['ImportView'];
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id] as const,
    queryFn: ({ signal }) => body<Import>(api.GET('/contacts/import/{id}/', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? 700 : false),
  });
