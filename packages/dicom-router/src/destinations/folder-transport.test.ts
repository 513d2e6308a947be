import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_METER } from '@filmless/access';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouterError } from '../errors.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { FolderDestination } from '../routing/destination.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { folderTransport } from './folder-transport.ts';
import { LineGovernor } from './line/line-governor.ts';
import type { SendOutcome } from './send-instances.ts';

const delivery = (sopInstanceUid: string, studyInstanceUid = '1.2'): Delivery => ({
  ...{ id: 1, attempts: 0, priority: 'routine', changes: {}, studyInstanceUid, seriesInstanceUid: '1.2.1', sopInstanceUid },
  ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', transferSyntaxUid: '1.2.840.10008.1.2.1' },
});

describe('a folder as destination', () => {
  let root: string;
  let failing: Error | undefined;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'filmless-folder-'));
    failing = undefined;
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const send = async (deliveries: readonly Delivery[], names: FolderDestination['names'] = 'hashed', path = root) => {
    const outcomes: SendOutcome[] = [];
    const options = {
      openFile: (one: Delivery) => {
        const bytes = async function* () {
          yield Buffer.from(`data of ${one.sopInstanceUid}`);
          if (failing !== undefined) {
            throw failing;
          }
        };
        return Promise.resolve({ ...one, fileMeta: Buffer.from('meta, '), bytes: bytes(), close: () => Promise.resolve() });
      },
      clock: SYSTEM_CLOCK,
      meter: NO_METER,
    };
    const transport = folderTransport(options, { kind: 'folder', id: 'nas', path, names, enabled: true });
    using line = new LineGovernor({ line: undefined, clock: SYSTEM_CLOCK }).open('routine');
    const report = (_: Delivery, outcome: SendOutcome) => {
      outcomes.push(outcome);
      return Promise.resolve();
    };
    await transport.send(deliveries, report, { line, signal: new AbortController().signal });
    return outcomes;
  };

  const files = async () => (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.dcm')).toSorted();

  it('gets whole files under names that say nothing, each once however often it comes', async () => {
    expect(await send([delivery('1.2.1.1'), delivery('1.2.1.2'), delivery('1.2.1.1')])).toEqual(Array(3).fill({ kind: 'done' }));
    const names = await files();
    expect(names).toHaveLength(2);
    expect(names.every((name) => /^([0-9a-f]{2})\/\1[0-9a-f]{30}\.dcm$/.test(name))).toBe(true);
    const contents = await Promise.all(names.map((name) => readFile(join(root, name), 'utf8')));
    expect(contents.toSorted()).toEqual(['meta, data of 1.2.1.1', 'meta, data of 1.2.1.2']);
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('can be ordered by UIDs; what is none leads nowhere else', async () => {
    await send([delivery('1.2.1.1'), delivery('../../../1'), delivery('1.2.1.3', '..')], 'uids');
    const names = await files();
    expect(names).toContain('1.2/1.2.1/1.2.1.1.dcm');
    expect(names.filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{32}\.dcm$/.test(name))).toHaveLength(2);
    expect(names).toHaveLength(3);
  });

  it('shows nothing half-written, and says what to do', async () => {
    failing = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await expect(send([delivery('1.2.1.1')])).rejects.toMatchObject({
      code: 'full',
      message: expect.stringContaining('make room'),
    });
    failing = new RouterError('archive', 'the archive broke off');
    await expect(send([delivery('1.2.1.1')])).rejects.toMatchObject({ code: 'archive' });
    expect(await readdir(root)).toEqual([]);
    const missing = join(root, 'not-mounted');
    await expect(send([delivery('1.2.1.1')], 'hashed', missing)).rejects.toMatchObject({
      ...{ code: 'unreachable', message: expect.stringContaining('mount the share') },
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('is tidied of what a stop left there, not of what another writes', async () => {
    const left = `.filmless-${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}.part`;
    const fresh = left.replace('0000-0000-0000', '1111-0000-0000');
    await Promise.all([left, fresh, 'other'].map((name) => writeFile(join(root, name), 'x')));
    await utimes(join(root, left), new Date(0), new Date(0));
    await send([delivery('1.2.1.1')]);
    expect((await readdir(root)).filter((name) => name.length > 2).toSorted()).toEqual([fresh, 'other'].toSorted());
  });
});
