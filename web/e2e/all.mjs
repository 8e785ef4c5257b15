// All browser checks, one after another, against one demo each where they need a world of their own.
// `node e2e/all.mjs NAME…` runs only those whose file names contain a NAME.
import { readdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { startDemo } from './server.mjs';

const CHECK_MS_MAX = 600_000;
const wanted = process.argv.slice(2);
const files = readdirSync(new URL('checks', import.meta.url))
  .filter((name) => name.endsWith('.mjs') && (!wanted.length || wanted.some((part) => name.includes(part))))
  .sort();

const browser = await launch();
const demo = await startDemo();
const failures = [];
for (const file of files) {
  const { about, run } = await import(`./checks/${file}`);
  const from = Date.now();
  let late;
  try {
    const tooLate = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error(`took more than ${CHECK_MS_MAX / 1000} s`)), CHECK_MS_MAX);
    });
    await Promise.race([run({ browser, demo }), tooLate]);
    console.log(`ok    ${about} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(`FAIL  ${about} [${file}]\n      ${String(error.stack ?? error).replaceAll('\n', '\n      ')}`);
    console.log(failures.at(-1));
  }
  clearTimeout(late);
  await Promise.all(browser.contexts().map((context) => context.close()));
}
await browser.close();
await demo.stop();
// Again at the end, which is what a log that was cut still shows.
for (const failure of failures) console.log(failure);
console.log(failures.length ? `${failures.length} of ${files.length} checks failed` : `${files.length} checks passed`);
process.exit(failures.length ? 1 : 0);
