import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError, openPostgres } from '../src/index.ts';
import type { procedures } from './counter-schema.ts';

/**
 * Writes to a database, several at a time, until its input ends; prints a line for each name that was acknowledged, `?NAME` for
 * one of which it is not known, and `!CODE` for each refusal. `node postgres-writing-process.ts URL PREFIX`
 */

const [url = '', prefix = ''] = process.argv.slice(2);
await using database = await openPostgres<typeof procedures>({
  url,
  name: 'filmless_test',
  schema: new URL('./counter-schema.ts', import.meta.url),
  isolation: 'read committed',
  writers: 2,
});
let ended = false;
process.stdin
  .once('end', () => {
    ended = true;
  })
  .resume();

async function write(name: string): Promise<void> {
  try {
    await database.write('add', { name, by: 1 });
    console.log(name);
  } catch (error) {
    if (!(error instanceof DatabaseError)) {
      throw error;
    }
    if (!error.notRun) {
      console.log(`?${name}`);
    }
    console.log(`!${error.code}`);
    await pause(20);
  }
}

console.log('ready');
await Promise.all(
  Array.from({ length: 4 }, async (_, lane) => {
    for (let number = 0; !ended; number += 1) {
      await write(`${prefix}-${lane}-${number}`);
    }
  }),
);
