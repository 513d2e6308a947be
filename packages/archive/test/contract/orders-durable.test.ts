import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, FaultyDatabase, faultAt } from '@filmless/database/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import type { WishedOrder } from '../../src/core/orders/model.ts';
import { rebuildIndex } from '../../src/core/rebuild.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { ALL, openTestArchive, type TestArchive, ticking } from '../support/archive.ts';
import { recordsDatabase, recordsPlace, releaseDatabase } from '../support/engine.ts';
import { objectFile } from '../support/objects.ts';
import { ended, performedStep } from '../support/performed.ts';

const MAIN = { facilities: ['main'] };
/** Of the patient of `objectFile`. */
const WISH: WishedOrder = {
  accessionNumber: 'A-100',
  priority: 'ROUTINE',
  patient: { id: 'P1', name: 'Đỗ Thị Dương' },
  steps: [{ modality: 'CT' }],
};

const cleanups: (() => PromiseLike<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup();
  }
});

/** An archive whose records go wrong at one call of a procedure; ended as by a kill. */
async function withFault(name: string, number: number, fault: Fault, folder?: string): Promise<TestArchive> {
  const first = folder === undefined ? await openTestArchive() : undefined;
  await first?.kill();
  const where = folder ?? first?.folder ?? '';
  const records = new SqlRecords(new FaultyDatabase(await recordsDatabase(where), faultAt(name, number, fault)));
  const archive = await openTestArchive({
    folder: where,
    wrap: (ports) => ({ ...ports, records, now: ticking('2026-03-01T09:00:00.000Z') }),
  });
  cleanups.push(async () => {
    await (folder === undefined ? releaseDatabase(where) : undefined);
    await rm(where, { recursive: true, force: true });
  });
  cleanups.push(async () => await records[Symbol.asyncDispose]());
  return archive;
}

const AN_HOUR_LATER = '2026-03-01T10:00:00.000Z';
/** Before any study is at rest. */
const SOON = '2026-03-01T08:01:00.000Z';

/** Opens the folder of an archive again; the clock has gone on. */
async function again(archive: TestArchive, at = AN_HOUR_LATER, index = 'index.db'): Promise<TestArchive> {
  await archive.kill();
  const opened = await openTestArchive({ folder: archive.folder, index, wrap: (ports) => ({ ...ports, now: ticking(at) }) });
  cleanups.push(() => opened.kill());
  return opened;
}

const FAULTS: readonly Fault[] = [
  { kind: 'answer-lost' },
  { kind: 'fails', code: 'full' },
  { kind: 'fails', code: 'io' },
  { kind: 'dies' },
  { kind: 'dies-after' },
];

describe('orders when the database goes wrong', () => {
  it.each(FAULTS)('$kind: an order that is sent again stands there once', async (fault) => {
    const archive = await withFault('addOrder', 1, fault);
    await expect(archive.core.orders.add(WISH, 'main', MAIN)).rejects.toMatchObject({ name: 'DatabaseError' });
    const later = await again(archive);
    const second = await later.core.orders.add(WISH, 'main', MAIN).catch((error: unknown) => error);
    const written = fault.kind === 'answer-lost' || fault.kind === 'dies-after';
    expect(second).toMatchObject(written ? { code: 'conflict' } : { accessionNumber: 'A-100' });
    expect((await later.core.orders.list(query(), MAIN)).orders).toHaveLength(1);
  });

  it.each(FAULTS)('$kind: a change is there as a whole or not at all', async (fault) => {
    const archive = await withFault('replaceOrder', 1, fault);
    await archive.core.orders.add(WISH, 'main', MAIN);
    const wish = { ...WISH, patient: { id: 'P2', name: 'Trần Bình' }, steps: [{ modality: 'US' }, { modality: 'MR' }] };
    await expect(archive.core.orders.replace('A-100', wish, { restore: false }, MAIN)).rejects.toMatchObject({
      name: 'DatabaseError',
    });
    const later = await again(archive);
    const kept = await later.core.orders.get('A-100', undefined, MAIN);
    const found = (name: string, modalities: readonly string[]) => later.core.orders.list({ ...query(), name, modalities }, MAIN);
    const written = fault.kind === 'answer-lost' || fault.kind === 'dies-after';
    expect([kept.patient.id, kept.version, kept.steps.length]).toEqual(written ? ['P2', 2, 2] : ['P1', 1, 1]);
    expect((await found('tran', ['MR'])).orders).toHaveLength(written ? 1 : 0);
    expect((await found('duong', ['CT'])).orders).toHaveLength(written ? 0 : 1);
  });

  it.each(FAULTS)('$kind: a step that ended moves its order with it, or neither did', async (fault) => {
    const archive = await withFault('setPerformed', 1, fault);
    await archive.core.orders.add({ ...WISH, studyInstanceUid: '1.2.3' }, 'main', MAIN);
    await archive.core.performed.create('1.9', performedStep({ accession: 'A-100' }), 'main');
    const end = ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2']);
    await expect(archive.core.performed.set('1.9', end, MAIN)).rejects.toMatchObject({ name: 'DatabaseError' });
    const later = await again(archive);
    const written = fault.kind === 'answer-lost' || fault.kind === 'dies-after';
    const states = async () => [
      (await later.core.orders.get('A-100', undefined, MAIN)).state,
      (await later.core.performed.get('1.9', MAIN)).state,
    ];
    expect(await states()).toEqual(written ? ['COMPLETED', 'COMPLETED'] : ['IN_PROGRESS', 'IN PROGRESS']);
    // The machine says it again: final, or now.
    const second = await later.core.performed.set('1.9', end, MAIN).catch((error: unknown) => error);
    expect(second).toMatchObject(written ? { code: 'conflict', members: { code: 'final' } } : { state: 'COMPLETED' });
    await later.store(objectFile({ number: 1 }));
    expect((await later.core.studyDetail('1.2.3', MAIN)).completeness).toMatchObject({ expected: 2, received: 1 });
  });

  it.each(FAULTS)('$kind: a study that was stored and could not be matched is matched at the next start', async (fault) => {
    const archive = await withFault('putMatch', 1, fault);
    await archive.core.orders.add(WISH, 'main', MAIN);
    expect((await archive.store(objectFile())).status).toBe('stored');
    await archive.core.orders.list(query(), MAIN).catch(() => undefined);
    const later = await again(archive);
    const order = await later.core.orders.get('A-100', undefined, MAIN);
    // An hour later no more is to be expected.
    expect(order).toMatchObject({ state: 'COMPLETED', study: { studyInstanceUid: '1.2.3', instances: 1 } });
  });

  it.each(FAULTS)(
    '$kind: an awaited instance that came and could not be ticked off is ticked off at the next start',
    async (fault) => {
      const archive = await withFault('arrived', 1, fault);
      await archive.core.performed.create('1.9', performedStep(), 'main');
      await archive.core.performed.set('1.9', ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2']), MAIN);
      await archive.store(objectFile({ number: 1 }));
      await archive.core.studyDetail('1.2.3', MAIN).catch(() => undefined);
      const later = await again(archive);
      expect((await later.core.studyDetail('1.2.3', MAIN)).completeness).toMatchObject({ expected: 2, received: 1 });
      await later.store(objectFile({ number: 2 }));
      expect((await later.core.studyDetail('1.2.3', MAIN)).completeness).toMatchObject({ state: 'complete', received: 2 });
    },
  );
});

describe('orders after a restart', () => {
  const filled = async (): Promise<TestArchive> => {
    const archive = await openTestArchive();
    cleanups.push(() => rm(archive.folder, { recursive: true, force: true }));
    await archive.core.orders.add({ ...WISH, studyInstanceUid: '1.2.3' }, 'main', MAIN);
    await archive.core.orders.add({ ...WISH, accessionNumber: 'N1' }, 'main', MAIN);
    await archive.core.performed.create('1.9', performedStep({ accession: 'A-100' }), 'main');
    await archive.core.performed.set('1.9', ended('COMPLETED', ['1.2.3.1.1', '1.2.3.1.2']), MAIN);
    await archive.store(objectFile({ number: 1 }));
    await archive.store(objectFile({ study: '4.5.6' }));
    await archive.core.matching.match({ studyInstanceUid: '4.5.6', accessionNumber: 'N1', confirm: false, by: 'an' }, MAIN);
    await archive.store(objectFile({ study: '7.8.9' }));
    await archive.core.matching.unmatch('7.8.9', 'an', MAIN);
    return archive;
  };

  const seen = async ({ core }: TestArchive) => ({
    orders: (await core.orders.list(query(), MAIN)).orders.map(
      ({ accessionNumber, state, study, studies, performed, version }) => ({
        accessionNumber,
        state,
        study,
        studies,
        performed,
        version,
      }),
    ),
    studies: (await core.listStudies({ limit: 10 }, ALL)).studies.map(({ studyInstanceUid, order, completeness }) => ({
      studyInstanceUid,
      order,
      expected: [completeness.expected, completeness.received],
    })),
    unmatched: (await core.unmatched({ limit: 10 }, MAIN)).studies.map(({ study }) => study.studyInstanceUid),
  });

  it('are what they were: states, matches, what is awaited', async () => {
    const archive = await filled();
    const before = await seen(archive);
    expect(before).toMatchObject({
      orders: expect.arrayContaining([
        expect.objectContaining({ accessionNumber: 'N1', study: { studyInstanceUid: '4.5.6', instances: 1 } }),
        expect.objectContaining({ accessionNumber: 'A-100', state: 'COMPLETED' }),
      ]),
      unmatched: ['7.8.9'],
    });
    const later = await again(archive, SOON);
    expect(await seen(later)).toEqual(before);
    await later.store(objectFile({ number: 2 }));
    expect((await later.core.studyDetail('1.2.3', MAIN)).completeness).toMatchObject({ state: 'complete', received: 2 });
  });

  it('lose no match when the index is made again', async () => {
    const archive = await filled();
    const before = await seen(archive);
    await archive.kill();
    const file = join(archive.folder, 'rebuilt.db');
    {
      await using index = await openSqliteIndex({ file, limits: ARCHIVE_LIMITS });
      await using records = await SqlRecords.open(await recordsPlace(archive.folder));
      await rebuildIndex({ ...archive.with, records, index });
    }
    const later = await again(archive, SOON, 'rebuilt.db');
    expect(await seen(later)).toEqual(before);
  });
});

function query(): Parameters<TestArchive['core']['orders']['list']>[0] {
  return { modalities: [], stations: [], states: [], sort: 'start', limit: 100 };
}
