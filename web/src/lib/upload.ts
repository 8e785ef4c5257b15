import { Problem } from './problem';
import { session } from './session-state';

type Upload = {
  path: string;
  form: FormData;
  key: string;
  onProgress: (share: number) => void;
  signal: AbortSignal;
};

/** Posts a form with files and tells how much has gone: `fetch` doesn't. */
export function upload<T>({ path, form, key, onProgress, signal }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('X-CSRF-Token', session.csrf());
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(Problem.of(new Error('the connection broke')));
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'));
    request.onload = async () => {
      if (request.status < 300) return resolve(JSON.parse(request.responseText));
      const headers = { 'retry-after': request.getResponseHeader('retry-after') ?? '' };
      const problem = await Problem.read(new Response(request.responseText, { status: request.status, headers }));
      if (problem.status === 401) session.end();
      reject(problem);
    };
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}
