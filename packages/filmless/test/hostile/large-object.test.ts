import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAME_BYTES, FRAMES, hasRoomFor, LargeObject, sendByCStore, sendByStow } from '../faults/hostile/large-object.ts';
import { type Product, startProduct } from '../support/product.ts';

/** Resident memory of the whole server from the first byte to the answer, in MB; without work it has some 230. */
const MOST_MB = 300;

describe('a multi-frame object of 2 GiB', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
    if (!(await hasRoomFor(product.data, 2 * FRAMES * FRAME_BYTES))) {
      throw new Error('this test needs 7 GiB of free space in the folder for temporary files (TMPDIR)');
    }
  });
  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  it.each([
    ['C-STORE', '0000H', sendByCStore],
    ['STOW', '200', sendByStow],
  ] as const)('comes by %s through little memory, and gives its last frame back', async (way, success, send) => {
    const object = new LargeObject(way);
    const transfer = await send(product, object);
    console.info(JSON.stringify({ way, ...transfer }));
    expect(transfer.outcome).toBe(success);
    expect(transfer.peakMb).toBeLessThan(MOST_MB);
    const { study, series, sop } = object.names;
    const frame = await product.fetch(`/dicom-web/studies/${study}/series/${series}/instances/${sop}/frames/${FRAMES}`);
    expect(frame.status).toBe(200);
    expect(Buffer.from(await frame.arrayBuffer()).includes(LargeObject.frame(FRAMES))).toBe(true);
  });
});
