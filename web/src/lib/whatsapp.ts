/** WhatsApp numbers and message templates, which several pages use. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient, request } from './api';

export type WhatsappNumber = {
  id: string;
  name: string;
  phone_number_id: string;
  waba_id: string;
  display_phone_number: string;
  verified_name: string;
  quality_rating: string | null;
  access_token: string;
  is_active: boolean;
  daily_limit: number;
  messages_sent_today: number;
  rate_limit: string | null;
  effective_rate_limit: string;
  window_hours: number;
  webhook_url: string;
  webhook_status: 'REGISTERED' | 'PENDING' | 'FAILED' | 'NONE';
  webhook_error: string | null;
  created_at: string;
  updated_at: string;
};
export type NumberWebhook = {
  meta_url: string | null;
  meta_application_url: string | null;
  url: string;
  application_url: string;
  verify_token: string;
  webhook_status: WhatsappNumber['webhook_status'];
  webhook_error: string | null;
  in_sync: boolean;
  steps: string[];
};
type Button = { type: string; text?: string; url?: string };
export type Component = {
  type: string;
  format?: string;
  text?: string;
  buttons?: Button[];
  example?: { body_text?: string[][] };
};
export type Template = {
  id: string;
  waba_id: string;
  name: string;
  language: string;
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';
  status: string;
  quality: string | null;
  reason: string | null;
  components: Component[];
  created_at: string;
  updated_at: string;
};
/** A template with its variables, as it is sent. */
export type Chosen = { name: string; language: string; variables?: string[] | Record<string, string> };

type Page<T> = { results: T[] };

export const numbersQuery = queryOptions({
  queryKey: ['numbers', 'all'] as const,
  queryFn: async ({ signal }) =>
    (await request<Page<WhatsappNumber>>('/whatsapp/v1/numbers/?page_size=200', { signal })).results,
  staleTime: 60_000,
  retry: false,
});
export const numberQuery = (id: string) =>
  queryOptions({
    queryKey: ['numbers', id] as const,
    queryFn: ({ signal }) => request<WhatsappNumber>(`/whatsapp/v1/numbers/${id}/`, { signal }),
    refetchInterval: 15_000,
  });
export const numberWebhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['numbers', id, 'webhook'] as const,
    queryFn: ({ signal }) => request<NumberWebhook>(`/whatsapp/v1/numbers/${id}/webhook_info/`, { signal }),
    retry: false,
    staleTime: 10_000,
  });
/** Those that may be sent. */
export const approvedQuery = queryOptions({
  queryKey: ['templates', 'approved'] as const,
  queryFn: async ({ signal }) =>
    (await request<Page<Template>>('/whatsapp/v1/templates/?status=APPROVED&page_size=200', { signal })).results,
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
