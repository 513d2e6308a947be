import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyInto } from './copy-into.ts';

it('copies bytes to their place as `set` does, and nothing beside it, whatever is shared', () => {
  const memory = fc.record({ isShared: fc.boolean(), before: fc.nat(9), bytes: fc.uint8Array({ maxLength: 100 }) });
  const made = ({ isShared, before, bytes }: { isShared: boolean; before: number; bytes: Uint8Array }) => {
    const length = before + bytes.byteLength + 3;
    const view = new Uint8Array(isShared ? new SharedArrayBuffer(length) : new ArrayBuffer(length), before, bytes.byteLength);
    view.set(bytes);
    return view;
  };
  fc.assert(
    fc.property(memory, memory, fc.nat(100), (to, from, where) => {
      const [target, source] = [made(to), made(from)];
      const part = source.subarray(0, target.byteLength);
      const at = Math.min(where, target.byteLength - part.byteLength);
      const expected = new Uint8Array(target.buffer.slice(0));
      expected.set(part, target.byteOffset + at);
      copyInto(target, part, at);
      expect([...new Uint8Array(target.buffer)]).toEqual([...expected]);
    }),
  );
});

it('copies nothing beyond the end', () => {
  expect(() => copyInto(new Uint8Array(4), new Uint8Array(3), 2)).toThrow(RangeError);
});
