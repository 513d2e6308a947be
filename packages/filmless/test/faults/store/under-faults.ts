import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, FaultProxy } from '@filmless/archive/test/fault-proxy';
import { type S3Server, type S3ServerName, startS3Server } from '@filmless/archive/test/s3-servers';
import { type Product, startProduct } from '../../support/product.ts';
import { PatientLoad, type Refusal } from './patient-load.ts';

const BUCKET = 'filmless';
/** So long before the end of a fault nobody looks any more: the answer would come after it. */
const LAST_LOOK_MS = 1_000;

/** A product whose images lie in a bucket behind a proxy with faults, and senders that never rest. */
export interface UnderFaults extends AsyncDisposable {
  readonly server: S3Server;
  readonly proxy: FaultProxy;
  readonly product: Product;
  readonly load: PatientLoad;
  /** The value of `--store`. */
  readonly store: string;
}

export async function startUnderFaults(name: S3ServerName, seed: string): Promise<UnderFaults> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'filmless-store-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const server = stack.use(await startS3Server(name));
  const proxy = stack.use(await FaultProxy.open(server.port));
  const store = server.url(BUCKET, proxy.port);
  const product = stack.use(await startProduct({ data: join(folder, 'data'), args: ['--store', store] }));
  const opened = stack.move();
  return {
    server,
    proxy,
    product,
    load: new PatientLoad(product, seed),
    store,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Looked {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/** An answer that breaks off has the status 0. */
async function look(product: Product, path: string, accept: string): Promise<Looked> {
  const began = performance.now();
  const timed = (answer: Omit<Looked, 'ms'>): Looked => ({ ...answer, ms: performance.now() - began });
  try {
    const response = await product.fetch(path, { headers: { accept } });
    const text = await response.text();
    return timed({ status: response.status, text, retryAfter: response.headers.get('retry-after') });
  } catch (error) {
    return timed({ status: 0, text: String(error), retryAfter: null });
  }
}

export type Place = 'ready' | 'qido' | 'list' | 'metadata' | 'image' | 'rendered';

/** Asks at every place where a person or a program would notice. */
export async function lookAround({ product, load }: UnderFaults): Promise<Readonly<Record<Place, Looked>>> {
  const [kept] = load.acknowledged;
  const instance = `/dicom-web/studies/${kept?.study}/series/${kept?.series}/instances/${kept?.sop}`;
  const json = 'application/dicom+json';
  const [ready, qido, list, metadata, image, rendered] = await Promise.all([
    look(product, '/readyz', 'application/json'),
    look(product, '/dicom-web/studies', json),
    look(product, '/api/studies', 'application/json'),
    look(product, `${instance}/metadata`, json),
    look(product, instance, 'multipart/related; type="application/dicom"; transfer-syntax=*'),
    look(product, `${instance}/rendered`, 'image/jpeg'),
  ]);
  return { ready, qido, list, metadata, image, rendered };
}

/** What senders and readers met while something was wrong. */
export interface Met {
  readonly refusals: readonly Refusal[];
  readonly answers: number;
  readonly slowestMs: number;
  readonly seen: readonly Readonly<Record<Place, Looked>>[];
  /** How many requests the fault was done to. */
  readonly done: number;
}

/** Does a fault to the store for a while; gives what senders and readers met meanwhile, and what senders met after. */
export async function during(under: UnderFaults, fault: Fault, ms: number): Promise<Met> {
  under.load.takeFigures();
  await under.proxy.set(fault);
  const began = performance.now();
  // What began before the fault may still be answered well.
  await wait(500);
  under.load.takeFigures();
  const looking = lookAgain(under, began + ms);
  if (fault.kind !== 'hang') {
    // Nobody may be looking when it ends. Whoever looks at a store that hangs would hear nothing before.
    await looking;
  }
  await wait(Math.max(0, began + ms - performance.now()));
  const figures = under.load.takeFigures();
  const done = under.proxy.done;
  await under.proxy.set({ kind: 'none' });
  const seen = await looking;
  return { ...figures, seen, done };
}

async function lookAgain(under: UnderFaults, until: number): Promise<readonly Readonly<Record<Place, Looked>>[]> {
  const seen: Readonly<Record<Place, Looked>>[] = [];
  do {
    seen.push(await lookAround(under));
    await wait(300);
  } while (performance.now() < until - LAST_LOOK_MS);
  return seen;
}

/** Waits until the product says that it is ready, and gives how many instances were acknowledged since the call. */
export async function goesOn({
  product,
  load,
}: UnderFaults): Promise<{ readonly ready: boolean; readonly acknowledged: number }> {
  const before = load.acknowledged.length;
  const until = Date.now() + 20_000;
  let ready = false;
  while (Date.now() < until && !(ready && load.acknowledged.length > before + 20)) {
    await wait(200);
    ready = (await product.fetch('/readyz')).status === 200;
  }
  return { ready, acknowledged: load.acknowledged.length - before };
}
