import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type S3Server, startS3Server } from '@filmless/archive/test/s3-servers';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { type Product, startProduct } from '../../support/product.ts';

const BUCKET = 'filmless';

/** Archive processes over one PostgreSQL and one MinIO, all real. Nothing but an address tells them of each other. */
export class Cluster implements AsyncDisposable {
  readonly database: PostgresServer;
  readonly store: S3Server;
  readonly #folder: string;
  readonly #index: string;
  readonly #servers: (Product | undefined)[] = [];
  /** What processes that are gone had logged. */
  #logs = '';

  private constructor(folder: string, database: PostgresServer, store: S3Server, index: string) {
    this.#folder = folder;
    this.database = database;
    this.store = store;
    this.#index = index;
  }

  static async start(processes: number): Promise<Cluster> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'filmless-cluster-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const database = stack.use(await startPostgres());
    const store = stack.use(await startS3Server('minio'));
    const cluster = stack.use(new Cluster(folder, database, store, await database.freshDatabase()));
    // At once: they find an empty database and an empty bucket together.
    await Promise.all(Array.from({ length: processes }, (_, number) => cluster.open(number)));
    stack.move();
    return cluster;
  }

  /** Those that are at work. */
  get living(): readonly Product[] {
    return this.#servers.filter((server) => server !== undefined);
  }

  get storeUrl(): string {
    return this.store.url(BUCKET);
  }

  /** Starts a process, again on the data directory that one of its number had. */
  async open(number: number): Promise<Product> {
    const data = join(this.#folder, `data-${number}`);
    const args = ['--role', 'archive', '--index', this.#index, '--store', this.storeUrl];
    const server = await startProduct({ data, args });
    this.#servers[number] = server;
    return server;
  }

  /** `kill -9`. */
  async kill(number: number): Promise<void> {
    const server = this.#servers[number];
    this.#servers[number] = undefined;
    if (server !== undefined) {
      const gone = new Promise((resolve) => server.process.once('exit', resolve));
      server.process.kill('SIGKILL');
      await gone;
      this.#logs += server.log();
    }
  }

  /** Ends a process as an operator does; gives its exit code. */
  async stop(number: number): Promise<number | null> {
    const server = this.#servers[number];
    this.#servers[number] = undefined;
    const code = (await server?.stop()) ?? null;
    this.#logs += server?.log() ?? '';
    return code;
  }

  log(): string {
    return this.living.map((server) => server.log()).join('\n') + this.#logs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.database.thaw();
    this.store.thaw();
    await Promise.all(this.#servers.map((_, number) => this.stop(number)));
    await this.store[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
