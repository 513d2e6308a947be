import fs from 'node:fs';
import { expect, it } from 'vitest';
import { Descriptor } from './descriptor.ts';

it('a descriptor is closed when nobody uses it any more, once, and not used after', async () => {
  const fd = fs.openSync(import.meta.filename, 'r');
  const descriptor = new Descriptor(fd);
  const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const uses = ends.map(({ promise }) => descriptor.use(() => promise));
  const closing = descriptor.close();
  expect(descriptor.close()).toBe(closing);
  await expect(descriptor.use(() => Promise.resolve())).rejects.toThrow('closed');
  ends[0]?.resolve();
  await uses[0];
  expect(fs.fstatSync(fd).size).toBeGreaterThan(0);
  ends[1]?.resolve();
  await closing;
  expect(() => fs.fstatSync(fd)).toThrow('EBADF');
});
