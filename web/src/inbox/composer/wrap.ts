/** Puts marks around what is selected, or text at the caret, and leaves the selection on it. */
export function wrapped(el: HTMLTextAreaElement, before: string, after: string, onText: (text: string) => void) {
  const { selectionStart: from, selectionEnd: to, value } = el;
  el.setRangeText(before + value.slice(from, to) + after, from, to, 'end');
  onText(el.value);
  el.focus();
  requestAnimationFrame(() => el.setSelectionRange(from + before.length, to + before.length));
}
