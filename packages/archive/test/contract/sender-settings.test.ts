import { join } from 'node:path';
import { type DataSet, personName, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { rebuildIndex } from '../../src/core/rebuild.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import { ALL, from, openTestArchive, type TestArchive } from '../support/archive.ts';
import { attribute, deflatedFile, objectFile } from '../support/objects.ts';

let archive: TestArchive;

beforeEach(async () => {
  archive = await openTestArchive();
});

afterEach(async () => {
  await archive[Symbol.asyncDispose]();
});

const FIRST = objectFile();
const OTHER = objectFile({ pixel: 1 });

async function send(bytes: Uint8Array, keep?: 'existing' | 'new', facility = 'main') {
  const received = await archive.core.receive(new Blob([new Uint8Array(bytes)]).stream());
  const options = keep === undefined ? {} : { onConflict: { keep, by: 'keepLast of CT01' } };
  const { status } = await archive.core.store(received, from(facility), options);
  return status;
}

const shown = async () => {
  const instances = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
  return instances.map(({ sha256 }) => sha256);
};

async function hashOf(bytes: Uint8Array): Promise<string> {
  const { sha256, ...received } = await archive.core.receive(new Blob([new Uint8Array(bytes)]).stream());
  await archive.core.reception.release({ sha256, ...received });
  return sha256;
}

describe('a conflict that a setting of the sender decides', () => {
  it.each([
    ['plain', FIRST, OTHER],
    ['deflated', deflatedFile(), deflatedFile({ pixel: 1 })],
  ])('shows the last, keeps the first aside, and says whose setting it was: %s', async (_, first, other) => {
    expect([await send(first, 'new'), await send(other, 'new')]).toEqual(['stored', 'stored']);
    expect(await shown()).toEqual([await hashOf(other)]);
    expect((await archive.core.conflicts({}, ALL)).conflicts).toEqual([]);
    expect((await archive.core.studyDetail('1.2.3', ALL)).conflicts).toBe(0);
    const [record] = await archive.with.records.conflictsIn(['new'], '', 10);
    expect(record).toMatchObject({ resolvedBy: 'keepLast of CT01', existingSha256: await hashOf(first) });
    expect(await archive.with.objects.size(record?.existingKey ?? '')).toBeGreaterThan(0);
    await using again = await openSqliteIndex({ file: join(archive.folder, 'again.db'), limits: ARCHIVE_LIMITS });
    await rebuildIndex({ ...archive.with, index: again });
    expect((await again.peek('1.2.3.1.1'))?.sha256).toBe(await hashOf(other));
  });

  it('shows the first, and keeps the last aside', async () => {
    expect([await send(FIRST), await send(OTHER, 'existing')]).toEqual(['stored', 'conflict']);
    expect(await shown()).toEqual([await hashOf(FIRST)]);
    expect((await archive.core.conflicts({}, ALL)).conflicts).toEqual([]);
    const [record] = await archive.with.records.conflictsIn(['existing'], '', 10);
    expect(record).toMatchObject({ resolvedBy: 'keepLast of CT01', newSha256: await hashOf(OTHER) });
    expect(await archive.with.objects.size(record?.newKey ?? '')).toBeGreaterThan(0);
  });

  it('is left to a person without a setting, and where the study is another facility’s', async () => {
    await send(FIRST);
    expect(await send(OTHER)).toBe('conflict');
    expect(await send(objectFile({ pixel: 2 }), 'new', 'branch')).toBe('conflict');
    expect(await shown()).toEqual([await hashOf(FIRST)]);
    expect((await archive.core.conflicts({}, ALL)).conflicts).toMatchObject([{ kind: 'foreign' }, { kind: 'different' }]);
  });
});

describe('a character set that is known of the sender', () => {
  /** As an old console writes it: windows-1258, named Latin-1 or nothing. */
  const NAME = Buffer.from('Nguyễn^Văn'.normalize('NFC'));
  const legacy = (bytes: Buffer, term?: string): Uint8Array => {
    const more: DataSet = {
      [TAG.PatientName]: attribute('PN', { Alphabetic: 'X'.repeat(bytes.byteLength) }),
      [TAG.SpecificCharacterSet]: term === undefined ? { vr: 'CS' } : attribute('CS', term),
    };
    const file = Buffer.from(objectFile({ more }));
    bytes.copy(file, file.indexOf('XXXX'));
    return file;
  };
  const nameIn = async (index: { search: typeof archive.with.index.search }) => {
    const { results } = await index.search({ level: 'study', keys: [], include: [] }, ALL, '2026-03-02T00:00:00.000Z');
    return personName(results[0] ?? {}, TAG.PatientName)?.Alphabetic;
  };

  it.each([
    ['TCVN3', Buffer.from('4e677579d46e5e56a86e', 'hex'), 'ISO_IR 100', 'Nguyễn^Văn'],
    ['VNI', Buffer.from('4e67757965e36e5e5661ea6e', 'hex'), undefined, 'Nguyễn^Văn'],
    ['windows-1258', Buffer.from('4e677579eade6e5e56e36e', 'hex'), 'ISO_IR 192', 'Nguyễn^Văn'],
    ['windows-1258', NAME, 'ISO_IR 192', 'Nguyễn^Văn'],
  ])('reads names in %s, after a rebuild too, and changes no byte', async (characterSet, bytes, term, expected) => {
    const file = legacy(bytes, term);
    await archive.store(file, from('main', { characterSet }));
    expect(await nameIn(archive.with.index)).toBe(expected);
    await using again = await openSqliteIndex({ file: join(archive.folder, 'again.db'), limits: ARCHIVE_LIMITS });
    await rebuildIndex({ ...archive.with, index: again });
    expect(await nameIn(again)).toBe(expected);
    const [instance] = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    if (instance === undefined) {
      throw new Error('nothing was stored');
    }
    const kept = Buffer.concat(await Array.fromAsync(await archive.core.read(instance, { of: 'file' })));
    expect(kept.equals(file)).toBe(true);
  });
});
