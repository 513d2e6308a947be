import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS } from './checks.ts';

/** `npm run check`: every check of the sources, and what each found. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let failed = 0;
for (const check of CHECKS) {
  const found = await check.run(root);
  console.log(`${found === '' ? 'ok    ' : 'FAILED'} ${check.name}`);
  if (found !== '') {
    failed += 1;
    console.log(found);
  }
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
