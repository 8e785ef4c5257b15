// Fails when src/lib/schema.d.ts is not what /openapi.json gives.
import { readFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const here = new URL('../src/lib/schema.d.ts', import.meta.url);
const made = astToString(await openapi(new URL('../../openapi.json', import.meta.url)));
const kept = readFileSync(here, 'utf8');
const body = (text) => text.slice(text.indexOf('export interface paths'));
if (body(kept) !== body(made)) {
  console.error('src/lib/schema.d.ts is older than openapi.json: run `npm run gen` and commit it');
  process.exit(1);
}
