// The real binary with throw-away data, on free ports, ended with the run.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 60_000;

/** Starts a demo; answers with its addresses, its key, and clients for the product and for the customers' phones. */
export async function startDemo() {
  const info = await start(['demo', '--json'], {
    TELEGRAM_RATE_LIMIT: '600/s',
    TELEGRAM_CHAT_RATE_LIMIT: '200/s',
  });
  const { url, phones_url, api_key } = info;
  return {
    ...info,
    api: client(url, { authorization: `Bearer ${api_key}` }),
    phones: client(`${phones_url}/sandbox`),
  };
}

/** Starts the service on an empty database, with no Telegram to be reached. */
export async function startEmpty() {
  const folder = mkdtempSync(join(tmpdir(), 'jina-connect-e2e-'));
  const service = await start(['serve', '--json'], { DATA_DIR: folder, TELEGRAM_API_BASE_URL: 'http://127.0.0.1:1' });
  const stop = async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...service, stop };
}

/** Starts the program on a free port; answers with what it prints. */
async function start(args, settings) {
  const program = process.env.JINA_CONNECT_BIN;
  if (!program) throw new Error('set JINA_CONNECT_BIN to a built jina-connect');
  const env = { ...process.env, LISTEN_ADDR: '127.0.0.1:0', RUST_LOG: 'warn' };
  for (const name of ['DATABASE_URL', 'BASE_URL', 'DATA_DIR']) delete env[name];
  const child = spawn(program, args, { env: { ...env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  child.stderr.on('data', (text) => {
    told = (told + text).slice(-4_000);
  });
  const info = await new Promise((resolve, reject) => {
    let out = '';
    const late = setTimeout(() => reject(new Error(`it is not ready:\n${told}`)), READY_MS);
    child.on('exit', (code) => reject(new Error(`it ended with ${code}:\n${told}`)));
    child.stdout.on('data', (text) => {
      out += text;
      try {
        resolve(JSON.parse(out));
        clearTimeout(late);
      } catch {
        // The document is not whole yet.
      }
    });
  });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.on('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
    });
  return { ...info, stop };
}

/** JSON over HTTP; what is refused throws. */
function client(base, headers = {}) {
  const call = (method) => async (path, body) => {
    const given =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
    const response = await fetch(base + path, { method, headers, ...given });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : undefined;
  };
  return { get: call('GET'), post: call('POST'), put: call('PUT'), patch: call('PATCH'), delete: call('DELETE') };
}
