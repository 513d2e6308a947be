import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { found, openTestArchive, replacing } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';

it.runIf(process.platform === 'linux')('refuses an object that its file does not take, and keeps nothing of it', async () => {
  const full = await open('/dev/full', 'w');
  let isFull = false;
  let writes = 0;
  await using failing = await openTestArchive({
    wrap: (ports) => ({
      ...ports,
      index: replacing(ports.index, {
        add: (instance) => {
          writes += instance.write === undefined ? 0 : 1;
          const write = instance.write && { ...instance.write, fd: full.fd };
          return ports.index.add(isFull ? { ...instance, write } : instance);
        },
      }),
    }),
  });
  for (let number = 1; writes < 2; number += 1) {
    expect(await failing.store(objectFile({ number }))).toMatchObject({ status: 'stored' });
  }
  isFull = true;
  const before = await found(failing.with.objects);
  expect(await failing.store(objectFile({ number: 999 }))).toMatchObject({ status: 'refused', reason: 'full' });
  expect(await failing.with.index.find('1.2.3.1.999')).toBeUndefined();
  expect(await found(failing.with.objects)).toEqual(before);
  await full.close();
});
