/** WhatsApp numbers and message templates, which several pages use. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body, queryClient, type Schemas } from './api';

export type WhatsappNumber = Schemas['NumberView'];
type Button = { type: string; text?: string; url?: string };
export type Component = {
  type: string;
  format?: string;
  text?: string;
  buttons?: Button[];
  example?: { body_text?: string[][] };
};
/** Components are as Meta has them, which our description leaves open. */
export type Template = Omit<Schemas['WhatsappTemplateView'], 'components'> & { components: Component[] };
/** A template with its variables, as it is sent. */
export type Chosen = { name: string; language: string; variables?: string[] | Record<string, string> };

export const numbersQuery = queryOptions({
  queryKey: ['numbers', 'all'] as const,
  queryFn: async ({ signal }) =>
    (await body(api.GET('/whatsapp/v1/numbers/', { params: { query: { page_size: 200 } }, signal }))).results,
  staleTime: 60_000,
  retry: false,
});
export const numberQuery = (id: string) =>
  queryOptions({
    queryKey: ['numbers', id] as const,
    queryFn: ({ signal }) => body(api.GET('/whatsapp/v1/numbers/{id}/', { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });
export const numberWebhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['numbers', id, 'webhook'] as const,
    queryFn: ({ signal }) =>
      body(api.GET('/whatsapp/v1/numbers/{id}/webhook_info/', { params: { path: { id } }, signal })),
    retry: false,
    staleTime: 10_000,
  });
/** Those that may be sent. */
export const approvedQuery = queryOptions({
  queryKey: ['templates', 'approved'] as const,
  queryFn: async ({ signal }) => {
    const query = { status: 'APPROVED', page_size: 200 } as const;
    const page = await body(api.GET('/whatsapp/v1/templates/', { params: { query }, signal }));
    return page.results as unknown as Template[];
  },
  staleTime: 60_000,
  retry: false,
});

/** The number of that id, if it is one. */
export function useNumber(id: string | null | undefined): WhatsappNumber | undefined {
  const { data } = useQuery({ ...numbersQuery, enabled: !!id });
  return id ? data?.find((one) => one.id === id) : undefined;
}

export function told(number: WhatsappNumber) {
  queryClient.setQueryData(numberQuery(number.id).queryKey, number);
  void queryClient.invalidateQueries({ queryKey: ['numbers'] });
}

export const part = (template: Pick<Template, 'components'>, type: string): Component | undefined =>
  template.components.find((one) => one.type?.toUpperCase() === type);
export const bodyOf = (template: Pick<Template, 'components'>) => part(template, 'BODY')?.text ?? '';

/** The variables of a text, in order: `1`, `2` … or names. */
export const variablesOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/\{\{\s*([a-z0-9_]+)\s*\}\}/g)].map((match) => match[1] as string)),
];
const isPositional = (names: string[]) => names.every((name) => /^\d+$/.test(name));

/** A text with its variables filled in; what is missing stays as it is. */
export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{\{\s*([a-z0-9_]+)\s*\}\}/g, (whole, name: string) => values[name] || whole);

export function chosenOf(template: Template, values: Record<string, string>): Chosen {
  const { name, language } = template;
  const names = variablesOf(bodyOf(template));
  if (!names.length) return { name, language };
  const variables = isPositional(names)
    ? names.map((one) => values[one] ?? '')
    : Object.fromEntries(names.map((one) => [one, values[one] ?? '']));
  return { name, language, variables };
}

/** Only a body's variables can be filled in here; the rest needs the API. */
export function isSimple(template: Template): boolean {
  const header = part(template, 'HEADER');
  const buttons = part(template, 'BUTTONS')?.buttons ?? [];
  const hasOpenHeader =
    header && (header.format?.toUpperCase() !== 'TEXT' || variablesOf(header.text ?? '').length > 0);
  return !hasOpenHeader && !buttons.some((one) => one.url?.includes('{{') || /COPY_CODE|OTP/.test(one.type));
}
