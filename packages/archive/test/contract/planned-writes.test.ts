import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { found, openTestArchive, replacing } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';

it.runIf(process.platform === 'linux').each([
  { what: 'is full', path: '/dev/full', flags: 'w', reason: 'full' },
  { what: 'fails', path: '/dev/null', flags: 'r', reason: 'away' },
])('refuses an object that its file does not take because the disk $what, and keeps nothing of it', async (fault) => {
  const bad = await open(fault.path, fault.flags);
  let isBad = false;
  let writes = 0;
  let key = '';
  await using failing = await openTestArchive({
    wrap: (ports) => ({
      ...ports,
      index: replacing(ports.index, {
        add: (instance) => {
          writes += instance.write === undefined ? 0 : 1;
          key = instance.instance.objectKey;
          const write = instance.write && { ...instance.write, fd: bad.fd };
          return ports.index.add(isBad ? { ...instance, write } : instance);
        },
      }),
    }),
  });
  for (let number = 1; writes < 2; number += 1) {
    expect(await failing.store(objectFile({ number }))).toMatchObject({ status: 'stored' });
  }
  isBad = true;
  const before = await found(failing.with.objects);
  expect(await failing.store(objectFile({ number: 999 }))).toMatchObject({ status: 'refused', reason: fault.reason });
  expect(await failing.with.index.find('1.2.3.1.999')).toBeUndefined();
  expect(await found(failing.with.objects)).toEqual(before);
  // Nor is its empty file left to the next start.
  await expect(stat(join(failing.folder, 'objects', key))).rejects.toThrow('ENOENT');
  await bad.close();
});
