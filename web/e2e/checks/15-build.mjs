import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

export const about = 'Two builds of the app are the same to the byte';

const root = new URL('../../', import.meta.url).pathname;

/** Every file of a build with its hash. */
async function built() {
  const outDir = mkdtempSync(join(tmpdir(), 'jina-connect-web-'));
  try {
    await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    const files = readdirSync(outDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => `${path.slice(outDir.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
      .sort();
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

export async function run() {
  const once = await built();
  assert.ok(once.length > 20, `${once.length} files`);
  assert.deepEqual(await built(), once);
}
