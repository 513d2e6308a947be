import { DicomError, readFileMeta } from '@filmless/dicom';
import type { Product } from '../../support/product.ts';
import { FORMS, multipart } from './body-attack.ts';
import { cStore, pieces } from './c-store.ts';
import { complaint, HttpClient } from './http-client.ts';
import { EXPLICIT, SECONDARY_CAPTURE } from './pdus.ts';

/** A file and where it would be found. */
export interface HostileFile {
  readonly name: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  file(): Buffer;
}

export interface BombFigures {
  readonly files: number;
  /** By way in or form asked for: how often which answer came. */
  readonly answers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly slowest: string;
  readonly faults: readonly string[];
}

/** Ends of an association that say what was wrong, other than a status. */
const CLEAR: ReadonlySet<string> = new Set(['aborted', 'context refused']);

/** Sends each file by STOW and by C-STORE, and asks for what was kept in every form. */
export async function attackWithFiles(
  product: Product,
  files: Iterable<HostileFile> | AsyncIterable<HostileFile>,
): Promise<BombFigures> {
  using client = new HttpClient(product);
  const attack = new FileAttack(product, client);
  let count = 0;
  for await (const file of files) {
    await attack.one(file);
    count += 1;
  }
  return { files: count, ...attack.figures() };
}

class FileAttack {
  readonly #product: Product;
  readonly #client: HttpClient;
  readonly #answers = new Map<string, number>();
  readonly #faults: string[] = [];
  #slowestMs = 0;
  #slowest = '';

  constructor(product: Product, client: HttpClient) {
    this.#product = product;
    this.#client = client;
  }

  figures(): Omit<BombFigures, 'files'> {
    const answers = Object.fromEntries([...this.#answers].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { answers, slowestMs: Math.round(this.#slowestMs), slowest: this.#slowest, faults: this.#faults };
  }

  async one({ name, study, series, sop, file }: HostileFile): Promise<void> {
    const bytes = file();
    await this.#timed(`${name}, by C-STORE`, 'C-STORE', () => this.#cStore(bytes, sop));
    const stowed = await this.#timed(`${name}, by STOW`, 'STOW', () => this.#stow(bytes));
    if (stowed !== '200' && stowed !== '202') {
      return;
    }
    const url = `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
    for (const [path, accept] of FORMS) {
      await this.#timed(`${name}, ${path} as ${accept}`, path === '' ? 'instance' : path, async () => {
        const answer = await this.#client.ask({ method: 'GET', path: url + path, headers: { accept } });
        const words = complaint(answer);
        return words === undefined ? String(answer.status) : new Error(words);
      });
    }
  }

  /** Counts what came of it; an error is a fault of the server. */
  async #timed(what: string, kind: string, act: () => Promise<string | Error>): Promise<string> {
    const began = performance.now();
    const outcome = await act().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    const ms = performance.now() - began;
    if (ms > this.#slowestMs) {
      this.#slowestMs = ms;
      this.#slowest = what;
    }
    if (outcome instanceof Error) {
      this.#faults.push(`${what}: ${outcome.message}`);
      return 'fault';
    }
    this.#answers.set(`${kind} ${outcome}`, (this.#answers.get(`${kind} ${outcome}`) ?? 0) + 1);
    return outcome;
  }

  async #stow(bytes: Buffer): Promise<string | Error> {
    const answer = await this.#client.ask({
      method: 'POST',
      path: '/dicom-web/studies',
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=part', accept: 'application/dicom+json' },
      body: multipart(bytes),
    });
    const words = complaint(answer);
    return words === undefined ? String(answer.status) : new Error(words);
  }

  async #cStore(bytes: Buffer, sopInstance: string): Promise<string | Error> {
    const { transferSyntax, sopClass, dataSet } = asSent(bytes);
    const port = this.#product.dicomPort;
    const stored = await cStore({ port, callingAe: 'BOMBER', sopClass, sopInstance, transferSyntax, dataSet: pieces(dataSet) });
    if (stored.kind !== 'status') {
      return CLEAR.has(stored.kind) ? stored.kind : new Error(stored.kind);
    }
    const { status, comment } = stored;
    const words = `${status.toString(16).padStart(4, '0').toUpperCase()}H`;
    return status !== 0 && comment === '' ? new Error(`${words} without an Error Comment`) : words;
  }
}

/** What a modality would make of a file: its data set, in the syntax it says or shows; where it shows none, as it comes. */
function asSent(bytes: Buffer): { readonly transferSyntax: string; readonly sopClass: string; readonly dataSet: Uint8Array } {
  try {
    const { meta, dataSetOffset } = readFileMeta(bytes);
    const { transferSyntaxUid, mediaStorageSopClassUid = SECONDARY_CAPTURE } = meta;
    return { transferSyntax: transferSyntaxUid, sopClass: mediaStorageSopClassUid, dataSet: bytes.subarray(dataSetOffset) };
  } catch (error) {
    if (error instanceof DicomError) {
      return { transferSyntax: EXPLICIT, sopClass: SECONDARY_CAPTURE, dataSet: bytes };
    }
    throw error;
  }
}
