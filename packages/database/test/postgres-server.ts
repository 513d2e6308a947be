import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A real PostgreSQL server of a test's own, with `fsync` on as in life. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The address of a database that is empty, of its own for each caller. */
  freshDatabase(): Promise<string>;
  /** Takes one back that nobody has open, empties its tables and gives it to the next: sooner than making one. */
  giveBack(database: string): Promise<void>;
  /** As an administrator stops it: sessions are ended, nothing that waits is done. */
  stop(): Promise<void>;
  /** `kill -9` of the server and all its processes, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** All its processes hold still: connections stand, nothing answers. */
  freeze(): void;
  thaw(): void;
}

const DEBIAN = '/usr/lib/postgresql';

/** The newest one Debian has, or what FILMLESS_POSTGRES_BIN names. */
function programs(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const [newest] = versions.map(Number).sort((a, b) => b - a);
  return process.env.FILMLESS_POSTGRES_BIN ?? join(DEBIAN, String(newest ?? 15), 'bin');
}

/** `nobody`: the server refuses to be root's. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'] : [];

/** With `setpriv`, so that the server ends when the test's process does, however that ends. */
const privately = (program: string, args: readonly string[]) =>
  ['setpriv', [...asNobody, '--pdeathsig', 'KILL', join(programs(), program), ...args]] as const;

/** Starts a server in a folder of its own; some two seconds. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-postgres-'));
  const password = randomBytes(12).toString('base64url');
  const secret = join(folder, 'password');
  await writeFile(secret, password);
  if (isRoot) {
    await chown(folder, NOBODY, NOBODY);
    await chown(secret, NOBODY, NOBODY);
  }
  // A collation unlike SQLite's: what depends on it shows.
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=vi'];
  const auth = ['--username=filmless', `--pwfile=${secret}`, '--auth=scram-sha-256'];
  const [program, args] = privately('initdb', ['--no-sync', ...locale, ...auth, join(folder, 'data')]);
  await promisify(execFile)(program, args, { cwd: folder });
  const server = new TestServer(folder, await freePort(), password, settings);
  await server.start();
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** All rows of all tables but the versions, past triggers and references. */
const EMPTY = `DO $$ DECLARE each record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname LIKE 'filmless%' AND tablename <> 'schema_version' LOOP
    EXECUTE format('DELETE FROM %I.%I', each.schemaname, each.tablename);
  END LOOP; END $$`;

async function ask(url: string, text: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

class TestServer implements PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #password: string;
  readonly #settings: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #said = '';
  #databases = 0;
  readonly #givenBack: string[] = [];

  constructor(folder: string, port: number, password: string, settings: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.port = port;
    this.#password = password;
    this.#settings = settings;
  }

  async freshDatabase(): Promise<string> {
    const given = this.#givenBack.pop();
    if (given !== undefined) {
      return given;
    }
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await ask(this.#url('postgres'), `CREATE DATABASE ${name}`);
    return this.#url(name);
  }

  async giveBack(database: string): Promise<void> {
    await ask(database, EMPTY);
    this.#givenBack.push(database);
  }

  /** What was killed may hold its memory for a moment longer than it is seen to live. */
  async start(): Promise<void> {
    for (const until = performance.now() + 20_000; ; await pause(50)) {
      this.#said = '';
      try {
        await this.#startOnce();
        return;
      } catch (error) {
        if (!this.#said.includes('still in use') || performance.now() > until) {
          throw error;
        }
      }
    }
  }

  async stop(): Promise<void> {
    this.#process?.kill('SIGINT');
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#ended;
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      this.thaw();
      // At once: what it has is thrown away.
      await this.kill();
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #url(database: string): string {
    return `postgres://filmless:${this.#password}@127.0.0.1:${this.port}/${database}`;
  }

  /** NOTE: PostgreSQL's processes make groups of their own, so each is found by its parent. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid !== undefined) {
      for (const each of [pid, ...childrenOf(pid)]) {
        signalIfThere(each, signal);
      }
    }
  }

  async #startOnce(): Promise<void> {
    const settings = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '64MB',
      ...this.#settings,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program, args] = privately('postgres', ['-D', join(this.#folder, 'data'), ...options]);
    const child = spawn(program, args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-10_000);
    });
    this.#process = child;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    await this.#answering(child);
  }

  async #answering(child: ChildProcess): Promise<void> {
    for (const until = performance.now() + 30_000; ; ) {
      const client = new Client(this.#url('postgres'));
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (child.exitCode !== null || performance.now() > until) {
          throw new Error(`PostgreSQL does not start: ${this.#said}`, { cause: error });
        }
        await pause(25);
      }
    }
  }
}

/** Linux tells of them in one file. */
function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
