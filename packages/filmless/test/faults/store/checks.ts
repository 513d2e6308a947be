import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { instancesIn } from '@filmless/archive/test/bucket';
import { dataSetOf, fetchInstance } from '../../support/objects.ts';
import { type Product, ROOT, startProduct } from '../../support/product.ts';
import { run } from '../../support/run.ts';
import { sha256 } from '../instances.ts';
import { listedInstances, wholeIndex } from '../listing.ts';
import type { Entry } from './patient-load.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const FETCHES_AT_ONCE = 8;

/** What is wrong with what the product keeps, in words: each acknowledged instance there once, with the bytes that were sent. */
export async function faultsOfKept(product: Product, entries: readonly Entry[]): Promise<readonly string[]> {
  const listed = await listedInstances(product);
  const bySop = new Map(listed.map((one) => [one.sop, one]));
  const faults = bySop.size === listed.length ? [] : [`${listed.length} instances are listed, ${bySop.size} different ones`];
  const queue = [...entries];
  const worker = async () => {
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
      const { sop, number, acknowledged } = entry;
      const at = bySop.get(sop);
      if (at === undefined) {
        faults.push(...(acknowledged ? [`instance ${number} was acknowledged and is not listed`] : []));
        continue;
      }
      const back = await fetchInstance(product, at.study, at.series, sop);
      if (typeof back === 'number' || sha256(dataSetOf(back)) !== entry.sha256) {
        faults.push(`instance ${number} came back ${typeof back === 'number' ? `with ${back}` : 'with other bytes'}`);
      }
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, worker));
  return faults;
}

/** What a bucket has too much or too little, each instance counted. */
export async function faultsOfBucket(url: string, entries: readonly Entry[]): Promise<readonly string[]> {
  const kept = await instancesIn(url);
  const sent = new Set(entries.map(({ sop }) => sop));
  const strange = kept.filter((sop) => !sent.delete(sop));
  return [
    ...strange.map((sop) => `twice or unknown in the bucket: ${sop}`),
    ...[...sent].map((sop) => `not in the bucket: ${sop}`),
  ];
}

/** Where the index and one made again from the bucket differ, and what the bucket has that nobody knows. The server is stopped. */
export async function faultsOfRebuild(data: string, store: string, before: readonly string[]): Promise<readonly string[]> {
  const rebuilt = await run(process.execPath, [MAIN, 'rebuild', '--data', data, '--store', store]);
  if (rebuilt.code !== 0) {
    return [`rebuild ended with ${rebuilt.code}: ${rebuilt.stderr}`];
  }
  await using product = await startProduct({ data, args: ['--store', store] });
  const after = await wholeIndex(product);
  const [old, made] = [new Set(before), new Set(after)];
  const differs = [...before.filter((line) => !made.has(line)), ...after.filter((line) => !old.has(line))];
  return differs.slice(0, 4).map((line) => `index and rebuild differ in: ${line}`);
}

/** Starts and stops once: what earlier runs left is cleared away. */
export async function restarted(data: string, store: string): Promise<void> {
  await using _product = await startProduct({ data, args: ['--store', store] });
}

/** Sockets and files that a process holds. Linux only. */
export async function heldBy({
  process: child,
  data,
}: Product): Promise<{ readonly sockets: number; readonly incoming: number }> {
  const folder = `/proc/${child.pid}/fd`;
  const targets = await Promise.all((await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')));
  const incoming = await readdir(join(data, 'incoming'), { recursive: true, withFileTypes: true });
  return {
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    incoming: incoming.filter((entry) => entry.isFile()).length,
  };
}
