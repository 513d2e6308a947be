import process from 'node:process';
import type { Schema } from '../src/index.ts';
import { Connection } from '../src/sqlite/connection.ts';
import { migrate } from '../src/sqlite/migrate.ts';

/**
 * Migrates a file and is killed as by a power cut before its statement of a number, or in none. Prints how many statements
 * there were. `node migrating-process.ts FILE SCHEMA-URL KILL-BEFORE`
 */

class MortalConnection extends Connection {
  readonly #last: number;
  statements = 0;

  constructor(file: string, last: number) {
    super(file, { readonly: false });
    this.#last = last;
  }

  override exec(sql: string): void {
    this.statements += 1;
    if (this.statements === this.#last) {
      process.kill(process.pid, 'SIGKILL');
    }
    super.exec(sql);
  }
}

const [file = '', schema = '', killBefore = '0'] = process.argv.slice(2);
const { migrations } = (await import(schema)) as Schema;
const connection = new MortalConnection(file, Number(killBefore));
await migrate({ connection, file }, migrations);
console.log(connection.statements);
