import { useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../lib/api';
import { Check } from '../../ui/check';
import { Line } from '../../ui/switch-line';
import { TagInput } from '../../ui/tag-input';
import { t } from './t';

/** What an agent may do: nothing chosen in a list means that the list does not limit it. */
export type Limits = { isAgent: boolean; tools: string[]; bots: string[]; chats: string[] };
export const NO_LIMITS: Limits = { isAgent: false, tools: [], bots: [], chats: [] };

const TOOLS = {
  read: [
    'search_contacts',
    'list_conversations',
    'read_conversation',
    'get_message_status',
    'get_broadcast_status',
    'list_broadcasts',
    'list_bots',
    'get_bot_health',
  ],
  write: [
    'send_message',
    'reply_to_conversation',
    'assign_conversation',
    'create_contact',
    'update_contact',
    'create_broadcast',
    'cancel_broadcast',
  ],
} as const;

const orNull = <T,>(list: T[]) => (list.length ? list : null);
export function limitsBody({ isAgent, tools, bots, chats }: Limits): Schemas['NewKeyBody']['limits'] {
  if (!isAgent) return undefined;
  return { tools: orNull(tools), bots: orNull(bots), chats: orNull(chats.map(Number)) };
}

type Props = { value: Limits; onChange: (value: Limits) => void; errors: string[] | undefined };
/** For keys of AI agents: which tools, which bots, which chats. */
export function LimitFields({ value, onChange, errors }: Props) {
  const set = (part: Partial<Limits>) => onChange({ ...value, ...part });
  const { data: bots = [] } = useQuery({
    queryKey: ['bots', 'all'],
    queryFn: async ({ signal }) =>
      (await body(api.GET('/telegram/v1/bots/', { params: { query: { page_size: 200 } }, signal }))).results,
    enabled: value.isAgent,
  });
  return (
    <div className="space-y-4">
      <Line
        label={t('forAgent')}
        hint={t('forAgentHint')}
        on={value.isAgent}
        onChange={(isAgent) => set({ isAgent })}
      />
      {value.isAgent && (
        <>
          {(['read', 'write'] as const).map((kind) => (
            <Checks
              key={kind}
              label={t(kind)}
              options={TOOLS[kind].map((tool) => ({ value: tool, label: tool }))}
              value={value.tools}
              onChange={(tools) => set({ tools })}
              mono
            />
          ))}
          {bots.length > 0 && (
            <Checks
              label={t('onlyBots')}
              options={bots.map((bot) => ({ value: bot.id, label: bot.name }))}
              value={value.bots}
              onChange={(chosen) => set({ bots: chosen })}
            />
          )}
          <TagInput
            label={t('onlyChats')}
            hint={t('onlyChatsHint')}
            value={value.chats}
            onChange={(chats) => set({ chats: chats.filter((chat) => /^-?\d+$/.test(chat)) })}
          />
        </>
      )}
      {errors && (
        <p role="alert" className="text-xs text-bad">
          {errors.join(' ')}
        </p>
      )}
    </div>
  );
}

type ChecksProps = {
  label: string;
  options: { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
  mono?: boolean;
};
const Checks = ({ label, options, value, onChange, mono }: ChecksProps) => (
  <fieldset>
    <legend className="mb-1.5 text-sm font-medium">{label}</legend>
    <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
      {options.map((option) => (
        <Check
          key={option.value}
          label={option.label}
          mono={mono ?? false}
          checked={value.includes(option.value)}
          onChange={(on) => onChange(on ? [...value, option.value] : value.filter((one) => one !== option.value))}
        />
      ))}
    </div>
  </fieldset>
);
