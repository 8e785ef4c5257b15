import { Bold, Code, Eye, Italic, Link2, Paperclip, Smile, Zap } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { Button } from '../../ui/button';
import { Popover } from '../../ui/popover';
import { Tip } from '../../ui/tip';
import { t } from '../t';

const EmojiPicker = lazy(() => import('./emoji-picker'));

type Props = {
  isNote: boolean;
  disabled: boolean;
  onFiles: (files: File[]) => void;
  onEmoji: (emoji: string) => void;
  onCanned: () => void;
  onMark: (before: string, after?: string) => void;
  isPreviewed: boolean;
  onPreview: () => void;
};

export function Tools(props: Props) {
  const { isNote, disabled, onFiles, onEmoji, onCanned, onMark } = props;
  const input = useRef<HTMLInputElement>(null);
  const [picks, setPicks] = useState(false);
  const tool = (label: string, keys: string[], Icon: typeof Bold, run: () => void, pressed?: boolean) => (
    <Tip label={label} keys={keys} side="top">
      <Button variant="ghost" size="iconsm" aria-label={label} aria-pressed={pressed} disabled={disabled} onClick={run}>
        <Icon size={16} />
      </Button>
    </Tip>
  );
  return (
    <>
      {!isNote && tool(t('attach'), [], Paperclip, () => input.current?.click())}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <Popover
        label={t('emoji')}
        side="top"
        align="start"
        open={picks}
        onOpenChange={setPicks}
        trigger={
          <Button variant="ghost" size="iconsm" aria-label={t('emoji')} title={`${t('emoji')} · :`} disabled={disabled}>
            <Smile size={16} />
          </Button>
        }
      >
        <Suspense fallback={<div className="h-66 w-74" />}>
          <EmojiPicker
            onPick={(emoji) => {
              setPicks(false);
              onEmoji(emoji);
            }}
          />
        </Suspense>
      </Popover>
      {!isNote && tool(t('savedReplies'), ['/'], Zap, onCanned)}
      <i className="mx-1 h-4 w-px bg-line-2 max-md:hidden" />
      <span className="flex max-md:hidden">
        {tool(t('bold'), ['Ctrl', 'B'], Bold, () => onMark('**'))}
        {tool(t('italic'), ['Ctrl', 'I'], Italic, () => onMark('_'))}
        {tool(t('code'), ['Ctrl', 'E'], Code, () => onMark('`'))}
        {tool(t('link'), ['Ctrl', 'U'], Link2, () => onMark('[', '](https://)'))}
        {tool(t('preview'), ['Ctrl', '⇧', 'P'], Eye, props.onPreview, props.isPreviewed)}
      </span>
    </>
  );
}
