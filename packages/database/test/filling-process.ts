import process from 'node:process';
import { DatabaseError, openSqlite } from '../src/index.ts';
import type { procedures } from './counter-schema.ts';

/** Writes to a database until that fails, prints what was acknowledged and how it failed, and is killed: `node filling-process.ts FILE [busy|calm] [ROUNDS]`. */

const [file = '', mode = 'calm', rounds = '200'] = process.argv.slice(2);
const database = await openSqlite<typeof procedures>({
  file,
  schema: new URL('./counter-schema.ts', import.meta.url),
  readers: 0,
  busy: mode === 'busy',
});
const acknowledged: string[] = [];
const codes = new Set<string>();
for (let round = 0; round < Number(rounds) && codes.size === 0; round += 1) {
  const names = Array.from({ length: 8 }, (_, index) => `${round}-${index}-${'x'.repeat(3000)}`);
  const outcomes = await Promise.allSettled(names.map((name) => database.write('add', { name, by: 1 })));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') {
      acknowledged.push(`${round}-${index}`);
    } else {
      codes.add(outcome.reason instanceof DatabaseError ? outcome.reason.code : String(outcome.reason));
    }
  }
}
console.log(JSON.stringify({ acknowledged, codes: [...codes] }));
process.kill(process.pid, 'SIGKILL');
