import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Product } from './product.ts';
import { PYTHON, type Ran, run } from './run.ts';
import type { SecureLine } from './tls.ts';

const PEERS = join(dirname(dirname(fileURLToPath(import.meta.url))), 'interop', 'python');

/** A study that pydicom makes; its UIDs follow from `study`: series `.1`, instances `.1.1`, `.1.2`. */
export interface MadeStudy {
  /** Terms of Specific Character Set. */
  readonly charset: readonly string[];
  readonly name: string;
  readonly id: string;
  readonly study: string;
  readonly date?: string;
  readonly time?: string;
  readonly accession?: string;
  readonly description?: string;
  readonly modality?: string;
  readonly series?: number;
  readonly instances?: number;
  /** Rows and columns of 16 bits; 16 unless told. */
  readonly size?: number;
}

/** What a job asks for; `port` and `ae` are the product's. */
export interface QueryJob {
  readonly calling?: string;
  readonly model?: 'S' | 'P';
  readonly level: string;
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
  readonly charset?: readonly string[];
  readonly cancelAfter?: number;
}

export interface Found {
  readonly statuses: readonly number[];
  readonly answers: readonly Readonly<Record<string, string | readonly string[]>>[];
  /** Specific Character Set of each answer. */
  readonly charsets: readonly (string | readonly string[] | null)[];
}

export interface Retrieved {
  readonly statuses: readonly number[];
  /** Remaining, completed, failed, with warning; of each response. */
  readonly counts: readonly (readonly (number | null)[])[];
  readonly failed: readonly string[];
  readonly comment: string | null;
  readonly received: readonly {
    readonly uid: string;
    readonly syntax: string;
    readonly originator: string | null;
    readonly message: number | null;
    readonly pixels: number;
  }[];
}

async function python(script: string, job: object): Promise<unknown> {
  const ran = await run(PYTHON, [join(PEERS, script)], { input: JSON.stringify(job), timeoutMs: 240_000 });
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}

/** Writes the studies as files; gives their paths. */
export async function makeStudies(folder: string, studies: readonly MadeStudy[]): Promise<readonly string[]> {
  return (await python('make_studies.py', { folder, studies })) as readonly string[];
}

/** Has pynetdicom send them. */
export async function sendFiles(product: Product, files: readonly string[]): Promise<void> {
  const job = { host: '127.0.0.1', port: product.dicomPort, ae: product.aeTitle, pdu: 0, files };
  const sent = (await python('store_files.py', job)) as readonly { readonly status: number }[];
  expect(sent.map(({ status }) => status)).toEqual(files.map(() => 0));
}

/** A user of pynetdicom that queries and retrieves at a product. */
export class Pynetdicom {
  readonly #product: Product;
  readonly #secure: SecureLine | undefined;

  /** It speaks TLS when it is given what for. */
  constructor(product: Product, secure?: SecureLine) {
    this.#product = product;
    this.#secure = secure;
  }

  async find(job: QueryJob & { readonly extended?: readonly number[] }): Promise<Found> {
    return (await this.#run('find', job)) as Found;
  }

  async move(
    job: QueryJob & {
      readonly to: string;
      readonly listen: number;
      readonly refuse?: readonly string[];
      readonly syntaxes?: readonly string[];
    },
  ): Promise<Retrieved> {
    return (await this.#run('move', job)) as Retrieved;
  }

  async get(
    job: QueryJob & {
      readonly classes: readonly string[];
      readonly syntaxes: readonly string[];
      readonly refuse?: readonly string[];
    },
  ): Promise<Retrieved> {
    return (await this.#run('get', job)) as Retrieved;
  }

  #run(what: string, job: QueryJob): Promise<unknown> {
    const { dicomPort: port, aeTitle: ae } = this.#product;
    return python('query_retrieve.py', { do: what, port, ae, calling: 'WS01', model: 'S', ...this.#secure, ...job });
  }
}

/** DCMTK's `findscu`, `movescu` or `getscu`, with keys as `-k` takes them. */
export function dcmtk(
  program: 'findscu' | 'movescu' | 'getscu',
  product: Product,
  options: readonly string[],
  keys: readonly string[],
): Promise<Ran> {
  const names = ['-aet', 'WS01', '-aec', product.aeTitle];
  const where = ['127.0.0.1', String(product.dicomPort)];
  return run(`/usr/bin/${program}`, [...names, ...options, ...keys.flatMap((key) => ['-k', key]), ...where]);
}
