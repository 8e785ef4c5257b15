import { Switch as S } from '@base-ui/react/switch';

type Props = { checked: boolean; onChange: (checked: boolean) => void; label: string; disabled?: boolean };

export function Switch({ checked, onChange, label, disabled }: Props) {
  return (
    <S.Root
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      disabled={disabled ?? false}
      className="flex h-5 w-9 shrink-0 items-center rounded-full bg-fg-3 p-0.5 transition-colors data-checked:bg-accent data-disabled:opacity-45"
    >
      <S.Thumb className="size-4 rounded-full bg-white transition-transform data-checked:translate-x-4 rtl:data-checked:-translate-x-4" />
    </S.Root>
  );
}
