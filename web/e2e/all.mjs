// All browser checks, one after another, against one demo each where they need a world of their own.
// `node e2e/all.mjs NAME…` runs only those whose file names contain a NAME.
import { readdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { startDemo } from './server.mjs';

const CHECK_MS_MAX = 300_000;
/** A busy machine loses a race now and then; a second try, in a demo of its own, that passes is told as flaky. */
const TRIES = 2;
const wanted = process.argv.slice(2);
const files = readdirSync(new URL('checks', import.meta.url))
  .filter((name) => name.endsWith('.mjs') && (!wanted.length || wanted.some((part) => name.includes(part))))
  .sort();

const browser = await launch();
let demo = await startDemo();
const failures = [];
let flaky = 0;
for (const file of files) {
  const problem = await attempt(file);
  if (problem) failures.push(problem);
}
await browser.close();
await demo.stop();
// Again at the end, which is what a log that was cut still shows.
for (const failure of failures) console.log(failure);
console.log(
  failures.length
    ? `${failures.length} of ${files.length} checks failed`
    : `${files.length} checks passed, ${flaky} of them at the second try`,
);
process.exit(failures.length ? 1 : 0);

/** Runs one check, twice if need be; answers with why it failed. */
async function attempt(file) {
  const { about, run } = await import(`./checks/${file}`);
  let problem;
  for (let number = 1; number <= TRIES; number += 1) {
    if (number > 1) {
      // What the first try left behind must not decide the second.
      await demo.stop();
      demo = await startDemo();
    }
    const from = Date.now();
    problem = await problemOf(run);
    const took = `${((Date.now() - from) / 1000).toFixed(1)} s`;
    await Promise.all(browser.contexts().map((context) => context.close()));
    if (!problem) {
      const isFlaky = number > 1;
      if (isFlaky) flaky += 1;
      console.log(`${isFlaky ? 'flaky' : 'ok   '} ${about} (${took})`);
      return;
    }
    problem = `FAIL  ${about} [${file}]\n      ${problem.replaceAll('\n', '\n      ')}`;
    console.log(`${problem}\n      after ${took}, try ${number} of ${TRIES}`);
  }
  return problem;
}

/** What went wrong in a check, or that it took too long. */
async function problemOf(run) {
  let late;
  const tooLate = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error(`took more than ${CHECK_MS_MAX / 1000} s`)), CHECK_MS_MAX);
  });
  try {
    await Promise.race([run({ browser, demo }), tooLate]);
  } catch (error) {
    return String(error.stack ?? error);
  } finally {
    clearTimeout(late);
  }
}
