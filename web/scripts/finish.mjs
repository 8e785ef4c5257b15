// After `vite build`: holds the build to its size, then writes .br and .gz beside every text file, for the binary to embed.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist', import.meta.url).pathname;
const BUDGET = { 'initial JS': 220_000, CSS: 16_000, chunk: 40_000 };

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const gz = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
rmSync(join(dist, '.vite'), { recursive: true });
const entries = Object.values(manifest);
const first = new Set();
const walk = (key) => {
  if (first.has(key)) return;
  first.add(key);
  for (const other of manifest[key].imports ?? []) walk(other);
};
// What must be there before the inbox shows.
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) walk(key);
for (const key of ['src/shell/page.tsx', 'src/pages/inbox/page.tsx']) walk(key);

const sum = (list) => list.reduce((total, file) => total + gz(file), 0);
const initial = sum([...first].map((key) => manifest[key].file));
const css = sum([...new Set(entries.flatMap((chunk) => chunk.css ?? []))]);
const over = [];
const hold = (what, bytes, most) => {
  if (bytes > most) over.push(`${what}: ${bytes} bytes gzip, at most ${most}`);
};
hold('initial JS', initial, BUDGET['initial JS']);
hold('CSS', css, BUDGET.CSS);
for (const [key, chunk] of Object.entries(manifest)) {
  if (!first.has(key) && chunk.file.endsWith('.js')) hold(chunk.file, gz(chunk.file), BUDGET.chunk);
}

let shipped = 0;
for (const file of files(dist)) {
  shipped += statSync(file).size;
  if (!/\.(js|css|html|svg|json)$/.test(file)) continue;
  const text = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`initial JS ${kb(initial)} gz, CSS ${kb(css)} gz, ${kb(shipped)} in ${relative(process.cwd(), dist)}`);
if (over.length) {
  console.error(`over the budget:\n  ${over.join('\n  ')}`);
  process.exit(1);
}
