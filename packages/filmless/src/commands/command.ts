import { ConfigError } from '../config/config-error.ts';
import { environment } from '../config/environment.ts';
import { helpText } from '../config/help.ts';
import type { LoadInput } from '../config/load.ts';
import { VERSION } from '../version.ts';

type Command = (input: LoadInput, print: (line: string) => void) => Promise<void>;

/** Loaded when asked for, so that `--help` does not open databases' libraries. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  'reset-admin': async () => (await import('./reset-admin.ts')).resetAdministrator,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  support: async () => (await import('./support.ts')).support,
  rebuild: async () => (await import('./rebuild.ts')).rebuild,
  'migrate-index': async () => (await import('./migrate-index.ts')).migrateIndex,
  ae: async () => (await import('./ae.ts')).ae,
  echo: async () => (await import('./echo.ts')).echo,
  queue: async () => (await import('./queue.ts')).queue,
  receipt: async () => (await import('./receipt.ts')).receipt,
  send: async () => (await import('./send.ts')).send,
  'config apply': async () => (await import('./config-apply.ts')).applyConfig,
};

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a database says that has nothing to do with settings or versions. */
const PASSING: ReadonlySet<unknown> = new Set(['full', 'io', 'busy', 'away']);

/** Runs one command; returns the process's exit code: 0 done, 2 a mistake of the operator, 1 anything else, which may be worth another start. */
export async function main(words: readonly string[]): Promise<number> {
  const [first = '--help', second] = words;
  if (words.includes('--help') || first === 'help' || first === '-h') {
    process.stdout.write(helpText());
    return 0;
  }
  if (first === '--version' || first === 'version') {
    print(VERSION);
    return 0;
  }
  const twoWords = `${first} ${second ?? ''}`.trimEnd();
  const [name, used] = Object.hasOwn(COMMANDS, twoWords) && second !== undefined ? [twoWords, 2] : [first, 1];
  try {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) {
      throw new ConfigError(`There is no command "${name}". See: filmless --help`);
    }
    // What is written is patients' data: for the server's own user alone.
    process.umask(0o077);
    const command = await load();
    await command({ arguments: words.slice(used), environment: environment(), workingDirectory: process.cwd() }, print);
    return 0;
  } catch (error) {
    const mistake = error instanceof ConfigError || isSpoken(error);
    process.stderr.write(`filmless: ${mistake ? error.message : describe(error)}\n`);
    return mistake && !isPassing(error) ? 2 : 1;
  }
}

/** For an error nobody foresaw the stack helps whoever is asked; it goes to the operator only. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a database says is meant for an operator, and says what to do. Told by its name: this file loads no database's library. */
function isSpoken(error: unknown): error is Error {
  return error instanceof Error && error.name === 'DatabaseError';
}

/** A full or failing disk, and a store or a PostgreSQL that is away, are mended elsewhere: a service that starts again by itself then goes on. */
function isPassing(error: Error): boolean {
  return error instanceof ConfigError ? error.passing : 'code' in error && PASSING.has(error.code);
}
