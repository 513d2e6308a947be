import { expect, it } from 'vitest';
import type { HttpContext } from '../context.ts';
import { BulkParts } from './bulk-parts.ts';

it('gives the bytes of one part to many instances, but no more than a request may have of them', async () => {
  const size = 1024 ** 3;
  const reception = {
    hasRoom: () => Promise.resolve(true),
    open: () => Promise.resolve({ size, [Symbol.asyncDispose]: () => Promise.resolve() }),
    release: () => Promise.resolve(),
  };
  const context = { core: { reception, receive: () => Promise.resolve({ size }) } } as unknown as HttpContext;
  await using parts = new BulkParts(context);
  await parts.take({ headers: new Map([['content-location', 'pixels']]), body: new ReadableStream() });
  for (let reference = 0; reference < 8; reference += 1) {
    expect(parts.use('pixels')).toHaveLength(1);
  }
  expect(() => parts.use('pixels')).toThrow('each reference counted');
});
