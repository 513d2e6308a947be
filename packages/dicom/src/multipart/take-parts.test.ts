import { expect, it } from 'vitest';
import { newBoundary, type OutgoingPart, takeParts, writeMultipart } from './write.ts';

it('a multipart body gives its parts to who takes them in place of the stream, once', async () => {
  const events: string[] = [];
  const parts = async function* (): AsyncGenerator<OutgoingPart> {
    try {
      yield { headers: { a: 'b' }, body: new Uint8Array([1]) };
      yield { headers: {}, body: new Uint8Array([2]) };
    } finally {
      events.push('ended');
    }
  };
  const stream = writeMultipart(parts(), newBoundary());
  const taken = takeParts(stream);
  expect(await taken?.next()).toEqual({ done: false, value: { headers: { a: 'b' }, body: new Uint8Array([1]) } });
  await taken?.return?.();
  expect([events, takeParts(stream), stream.locked]).toEqual([['ended'], undefined, true]);
  const begun = writeMultipart(parts(), newBoundary());
  const reader = begun.getReader();
  await reader.read();
  reader.releaseLock();
  expect(takeParts(begun)).toBeUndefined();
});
