/** Desktop notifications and a sound for messages that arrive while one looks elsewhere. Both are opt-in. */

import type { Entry } from '../../lib/inbox';
import { titleOf } from '../../lib/inbox';
import { preferences } from '../../lib/store';
import { previewOf } from '../list/preview';
import { knownConversation } from './lists';

/** A short, soft two-tone; no file needed. */
function chime() {
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.connect(audio.destination);
  gain.gain.setValueAtTime(0.06, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.5);
  for (const [pitch, from] of [
    [660, 0],
    [880, 0.12],
  ] as const) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(gain);
    tone.start(audio.currentTime + from);
    tone.stop(audio.currentTime + 0.5);
  }
  setTimeout(() => void audio.close(), 800);
}

/** Only for people's messages, in conversations that are mine or nobody's, while this window is not in front. */
export function notify(entry: Entry | undefined, me: string | undefined) {
  if (entry?.direction !== 'INCOMING' || entry.kind !== 'message' || document.hasFocus()) return;
  const conversation = entry.conversation_id ? knownConversation(entry.conversation_id) : undefined;
  if (conversation?.assignee && conversation.assignee !== me) return;
  if (preferences.get().sounds) chime();
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const title = conversation ? titleOf(conversation) : (entry.author.name ?? '');
  // The same tag in every tab: the browser shows it once.
  const shown = new Notification(title, { body: previewOf(entry).text, tag: entry.id });
  shown.onclick = () => {
    window.focus();
    window.dispatchEvent(new CustomEvent('open-conversation', { detail: entry.conversation_id }));
  };
}
