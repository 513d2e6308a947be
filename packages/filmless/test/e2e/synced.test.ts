// needs: strace
import { sendFiles } from '@filmless/dicom-router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { answersOn, isSyncedByWrites, objectsFor, unsafeAt } from '../faults/synced.ts';
import { type SystemCall, traced } from '../faults/trace.ts';
import { type Product, startProduct } from '../support/product.ts';

/** P-DATA-TF, and its reserved byte. PS3.8 9.3.5. */
const P_DATA = '\u0004\u0000';
/** One behind the other: the first makes its own file, and some of the others find one that was made ahead. */
const SENT = 6;

async function* one(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}

describe.each([
  { how: 'C-STORE', number: 0, begin: P_DATA },
  { how: 'STOW-RS', number: 16, begin: 'HTTP/1.1 200' },
])('the answer to $how', ({ how, number, begin }) => {
  let product: Product;
  let calls: readonly SystemCall[];
  let answers: readonly SystemCall[];

  beforeAll(async () => {
    product = await startProduct();
    const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'TRACE' };
    const store = {
      'C-STORE': async (file: Uint8Array) => expect(await sendFiles(node, one(file))).toEqual({ sent: 1, refused: [] }),
      'STOW-RS': async (file: Uint8Array<ArrayBuffer>) => expect((await stow(product, [file])).status).toBe(200),
    }[how];
    calls = await traced(product.process.pid ?? 0, async () => {
      for (let index = 0; index < SENT; index += 1) {
        await store?.(smallInstance('synced', number + index).file);
      }
    });
    answers = answersOn(calls, how === 'C-STORE' ? product.dicomPort : Number(new URL(product.url).port), begin);
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  const since = (index: number) => answers[index - 1]?.began ?? -1;
  const unsafe = (all: readonly SystemCall[]) =>
    answers.map((answer, index) => unsafeAt(all, product.data, answer, since(index)));
  const objects = () => answers.map((answer, index) => objectsFor(calls, product.data, answer, since(index)));
  /** Answers whose object went into a file that was there when the answer before left. */
  const ahead = () => objects().flatMap(([object], index) => ((object?.made?.ended ?? Infinity) < since(index) ? [index] : []));

  it('leaves after object, folder and the log of the index are synced, in this order', () => {
    expect(unsafe(calls)).toEqual(Array.from({ length: SENT }, () => []));
    expect(objects().map(({ length }) => length)).toEqual(Array.from({ length: SENT }, () => 1));
  });

  it('is so for an object that has a file of its own, and for one in a file made ahead that syncs what is written to it', () => {
    expect(ahead()).not.toContain(0);
    expect(ahead().length).toBeGreaterThan(0);
    for (const index of ahead()) {
      expect(objects()[index]?.map(({ made }) => made !== undefined && isSyncedByWrites(made))).toEqual([true]);
    }
  });

  it.each(['.dcm>', '/0000>', '/objects>', '/index.db-wal>'])('would be found too early if %s were not synced', (path) => {
    const without = calls.filter(({ name, args }) => !(name.endsWith('sync') && args.includes(path)));
    expect(without.length).toBeLessThan(calls.length);
    expect(unsafe(without)[0]).not.toEqual([]);
  });

  it('would be found too early if writes to a file made ahead did not sync, or its folder had not been', () => {
    const [index = 0] = ahead();
    const [object] = objects()[index] ?? [];
    const plain = calls.map((call) =>
      call === object?.made ? { ...call, args: call.args.replace('O_DSYNC', 'O_CLOEXEC') } : call,
    );
    expect(unsafe(plain)[index]).toEqual([`the bytes of ${object?.path} were not synced`]);
    const made = object?.made?.ended ?? 0;
    const nameless = calls.filter(({ name, args, began }) => !(name === 'fsync' && args.includes('/0000>') && began > made));
    expect(unsafe(nameless)[index]).toContain(`the folder of ${object?.path} was not synced after the file was made`);
  });

  it('would be found too early if it left before all that was synced', () => {
    const [first] = answers;
    expect(first && unsafeAt(calls, product.data, { ...first, began: 0 })).not.toEqual([]);
  });
});
