/** Reads `text/event-stream` by fetch: unlike EventSource it sees heartbeats and can resume after any failure. */
export type ServerEvent = { id: string; type: string; data: string };

/** Cuts a stream's text into events; feed it chunks as they come. */
export function eventParser(onEvent: (event: ServerEvent) => void): (chunk: string) => void {
  let rest = '';
  let event = { id: '', type: 'message', data: '' };
  const line = (text: string) => {
    if (text === '') {
      if (event.data || event.type !== 'message') onEvent({ ...event, data: event.data.replace(/\n$/, '') });
      event = { id: event.id, type: 'message', data: '' };
      return;
    }
    if (text.startsWith(':')) return;
    const at = text.indexOf(':');
    const field = at < 0 ? text : text.slice(0, at);
    const value = at < 0 ? '' : text.slice(at + 1).replace(/^ /, '');
    if (field === 'id') event.id = value;
    if (field === 'event') event.type = value;
    if (field === 'data') event.data += `${value}\n`;
  };
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  };
}

type Options = {
  url: string;
  lastId: string;
  signal: AbortSignal;
  onAlive: () => void;
  onEvent: (event: ServerEvent) => void;
};

/** Resolves when the server ends the stream; rejects when it was refused or broke. */
export async function readStream({ url, lastId, signal, onAlive, onEvent }: Options): Promise<void> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastId) headers['Last-Event-ID'] = lastId;
  const response = await fetch(url, { headers, signal, credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok || !response.body) throw new Error(`the stream was refused: ${response.status}`);
  onAlive();
  const read = eventParser(onEvent);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onAlive();
    read(value);
  }
}
