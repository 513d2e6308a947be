// needs: strace
import { sendFiles } from '@filmless/dicom-router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { answerOn, unsafeAt } from '../faults/synced.ts';
import { type SystemCall, traced } from '../faults/trace.ts';
import { type Product, startProduct } from '../support/product.ts';

/** P-DATA-TF, and its reserved byte. PS3.8 9.3.5. */
const P_DATA = '\u0004\u0000';

async function* one(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}

describe.each([
  { how: 'C-STORE', number: 1, begin: P_DATA },
  { how: 'STOW-RS', number: 2, begin: 'HTTP/1.1 200' },
])('the answer to $how', ({ how, number, begin }) => {
  let product: Product;
  let calls: readonly SystemCall[];
  let answer: SystemCall;

  beforeAll(async () => {
    product = await startProduct();
    const { file } = smallInstance('synced', number);
    const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'TRACE' };
    const store = {
      'C-STORE': async () => expect(await sendFiles(node, one(file))).toEqual({ sent: 1, refused: [] }),
      'STOW-RS': async () => expect((await stow(product, [file])).status).toBe(200),
    }[how];
    calls = await traced(product.process.pid ?? 0, async () => store?.());
    const port = how === 'C-STORE' ? product.dicomPort : Number(new URL(product.url).port);
    const found = answerOn(calls, port, begin);
    if (found === undefined) {
      throw new Error('the trace shows no answer');
    }
    answer = found;
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  it('leaves after object, folder and the log of the index are synced, in this order', () => {
    expect(unsafeAt(calls, product.data, answer)).toEqual([]);
  });

  it.each(['.dcm>', '/0000>', '/objects>', '/index.db-wal>'])('would be found too early if %s were not synced', (path) => {
    const without = calls.filter(({ name, args }) => !(name.endsWith('sync') && args.includes(path)));
    expect(without.length).toBeLessThan(calls.length);
    expect(unsafeAt(without, product.data, answer)).not.toEqual([]);
  });

  it('would be found too early if it left before all that was synced', () => {
    expect(unsafeAt(calls, product.data, { ...answer, began: 0 })).not.toEqual([]);
  });
});
