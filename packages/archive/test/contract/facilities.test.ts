import type { Scope } from '@filmless/access';
import { parseMatchKey, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.ts';
import type { Change } from '../../src/core/model.ts';
import { ALL, from, openTestArchive, type TestArchive, ticking } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';

const MAIN: Scope = { facilities: ['main'] };
const BRANCH: Scope = { facilities: ['branch'] };
const BOTH: Scope = { facilities: ['main', 'branch'] };
const NOWHERE: Scope = { facilities: [] };
const TARGET = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2.3.1.1' };

describe('two facilities', () => {
  let archive: TestArchive;
  let now: () => string;

  beforeEach(async () => {
    now = ticking();
    archive = await openTestArchive({ limits: { changeQuietMs: 5 }, wrap: (ports) => ({ ...ports, now: () => now() }) });
    await archive.store(objectFile(), from('main'));
    await archive.store(objectFile({ study: '4.5.6' }), from('branch'));
  });

  afterEach(async () => {
    await archive[Symbol.asyncDispose]();
  });

  const listed = async (scope: Scope, q?: string) => {
    const { studies, total } = await archive.core.listStudies({ limit: 10, ...(q === undefined ? {} : { q }) }, scope);
    expect(total).toEqual({ count: studies.length, exact: true });
    return studies.map(({ studyInstanceUid }) => studyInstanceUid).sort();
  };

  it.each([
    ['its own', MAIN, ['1.2.3']],
    ['the other', BRANCH, ['4.5.6']],
    ['both', BOTH, ['1.2.3', '4.5.6']],
    ['all', ALL, ['1.2.3', '4.5.6']],
    ['none', NOWHERE, []],
  ])('finds, counts and opens within the scope only: %s', async (_name, scope, expected) => {
    expect(await listed(scope)).toEqual(expected);
    expect(await listed(scope, 'do thi')).toEqual(expected);
    const name = parseMatchKey([TAG.PatientName], 'PN', 'duong do', { fuzzy: true });
    const uid = parseMatchKey([TAG.StudyInstanceUID], 'UI', '1.2.3,4.5.6');
    const header = parseMatchKey([TAG.PhotometricInterpretation], 'CS', 'MONO*');
    for (const level of ['study', 'series', 'instance'] as const) {
      for (const keys of [[], [name], [uid], [header]]) {
        const { results } = await archive.core.search({ level, keys, include: [] }, scope);
        expect(results.map((result) => result[TAG.StudyInstanceUID]?.Value?.[0]).sort()).toEqual(expected);
      }
    }
  });

  it('opens nothing of another facility by any call', async () => {
    const notFound = { code: 'not-found' };
    await expect(archive.core.studyDetail('1.2.3', BRANCH)).rejects.toMatchObject(notFound);
    await expect(archive.core.resource('1.2.3', BRANCH)).rejects.toMatchObject(notFound);
    await expect(archive.core.instance(TARGET, BRANCH)).rejects.toMatchObject(notFound);
    await expect(archive.core.representative(TARGET, BRANCH)).rejects.toMatchObject(notFound);
    await expect(Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, BRANCH))).rejects.toMatchObject(notFound);
    await expect(Array.fromAsync(archive.core.instances(TARGET, BRANCH))).rejects.toMatchObject(notFound);
    await expect(
      Array.fromAsync(archive.core.headers({ studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1' }, BRANCH)),
    ).rejects.toMatchObject(notFound);
    await expect(archive.core.shares('1.2.3', BRANCH)).rejects.toMatchObject(notFound);
    const within = { studyInstanceUid: '1.2.3' };
    expect((await archive.core.search({ level: 'instance', keys: [], include: 'all', within }, BRANCH)).results).toEqual([]);
  });

  it('keeps aside what another facility sends for a study one owns, and grants nothing by it', async () => {
    expect(await archive.store(objectFile({ number: 2 }), from('branch', { callingAe: 'US02' }))).toMatchObject({
      status: 'conflict',
    });
    // Even the very same object: whoever has a copy does not get the study by sending it.
    expect(await archive.store(objectFile(), from('branch'))).toMatchObject({ status: 'conflict' });
    expect(await listed(BRANCH)).toEqual(['4.5.6']);
    expect((await archive.core.conflicts({}, BRANCH)).conflicts).toEqual([]);
    const { conflicts } = await archive.core.conflicts({}, MAIN);
    expect(conflicts).toMatchObject([
      { kind: 'foreign', facility: 'main', fromFacility: 'branch', sopInstanceUid: '1.2.3.1.1' },
      { kind: 'foreign', facility: 'main', fromFacility: 'branch', sopInstanceUid: '1.2.3.1.2', from: 'US02' },
    ]);
    await expect(archive.core.conflict(conflicts[1]?.id ?? '', BRANCH)).rejects.toMatchObject({ code: 'not-found' });
    expect((await archive.core.conflict(conflicts[1]?.id ?? '', MAIN)).differences).toEqual([]);
    await archive.core.resolveConflict(conflicts[1]?.id ?? '', 'new', 'doctor', MAIN);
    expect((await archive.core.studyDetail('1.2.3', MAIN)).instanceCount).toBe(2);
    expect(await listed(BRANCH)).toEqual(['4.5.6']);
  });

  const THIRD: Scope = { facilities: ['third'] };

  it('shows the owner of a study nothing of an instance that a third facility has under the same UID', async () => {
    await archive.store(objectFile({ study: '7.8.9', sop: '7.7' }), from('third'));
    // The branch sends, into a study of main, an object with the UID of one of the third's.
    await archive.store(objectFile({ sop: '7.7', number: 5 }), from('branch'));
    const [conflict] = (await archive.core.conflicts({}, MAIN)).conflicts;
    expect(conflict).toMatchObject({ kind: 'foreign', facility: 'main', studyInstanceUid: '1.2.3' });
    expect(await archive.core.conflict(conflict?.id ?? '', MAIN)).toMatchObject({ differences: [] });
    await expect(archive.core.resolveConflict(conflict?.id ?? '', 'new', 'doctor', MAIN)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await listed(THIRD)).toEqual(['7.8.9']);
    expect((await archive.core.studyDetail('1.2.3', MAIN)).instanceCount).toBe(1);
    expect(await archive.core.resolveConflict(conflict?.id ?? '', 'existing', 'doctor', MAIN)).toMatchObject({
      resolved: 'existing',
    });
  });

  it('does not put an object into a study that another facility owns by now, and starts again all the same', async () => {
    // An object of main's UID in a new study of the branch: main decides. Then the branch fills that study.
    await archive.store(objectFile({ study: '5.5', sop: '1.2.3.1.1' }), from('branch'));
    await archive.store(objectFile({ study: '5.5', number: 2 }), from('branch'));
    const [conflict] = (await archive.core.conflicts({}, MAIN)).conflicts;
    expect(conflict).toMatchObject({ kind: 'foreign', studyInstanceUid: '1.2.3' });
    await expect(archive.core.resolveConflict(conflict?.id ?? '', 'new', 'doctor', MAIN)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await listed(MAIN)).toEqual(['1.2.3']);
    // As if it had been decided at the very moment in which the study came to be.
    await archive.with.records.resolve({ id: conflict?.id ?? '', keep: 'new', by: 'doctor', at: now(), existing: null });
    await using started = await Core.start(archive.with);
    expect(await started.isEmpty()).toBe(false);
    expect(await listed(MAIN)).toEqual(['1.2.3']);
  });

  it('shows a study to whom it is shared with, until the share ends', async () => {
    const changes: Change[] = [];
    using _subscription = archive.core.subscribe(BRANCH, (change) => changes.push(change));
    const share = { facility: 'branch', basis: 'consultation', evidence: 'Biên bản 12', by: 'doctor' } as const;
    await archive.core.share('1.2.3', share, MAIN);
    expect(await listed(BRANCH)).toEqual(['1.2.3', '4.5.6']);
    expect(await listed({ facilities: ['third'] })).toEqual([]);
    expect(await archive.core.resource('1.2.3', BRANCH)).toEqual({ facility: 'main', sharedWith: ['branch'] });
    expect((await archive.core.studyDetail('1.2.3', BRANCH)).sharedWith).toEqual(['branch']);
    expect((await archive.core.instance(TARGET, BRANCH)).facility).toBe('main');
    expect((await archive.core.stored(TARGET, BRANCH)).facility).toBe('main');
    await expect.poll(() => changes).toContainEqual({ studyInstanceUid: '1.2.3', change: 'shared' });
    // It is not theirs to share, and not theirs to take back.
    await expect(archive.core.share('1.2.3', { ...share, facility: 'third' }, BRANCH)).rejects.toMatchObject({
      code: 'not-found',
    });
    await archive.core.unshare('1.2.3', 'branch', 'doctor', MAIN);
    expect(await listed(BRANCH)).toEqual(['4.5.6']);
    await expect(archive.core.stored(TARGET, BRANCH)).rejects.toMatchObject({ code: 'not-found' });
    await expect(archive.core.layout(TARGET, BRANCH)).rejects.toMatchObject({ code: 'not-found' });
    await expect(archive.core.unshare('1.2.3', 'branch', 'doctor', MAIN)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends a share by itself at its time', async () => {
    const share = {
      facility: 'branch',
      basis: 'transfer',
      evidence: 'Giấy 7',
      by: 'doctor',
      expiresAt: '2026-03-02T00:00:00Z',
    } as const;
    await archive.core.share('1.2.3', share, MAIN);
    expect(await listed(BRANCH)).toEqual(['1.2.3', '4.5.6']);
    now = ticking('2026-03-02T00:00:00.000Z');
    expect(await listed(BRANCH)).toEqual(['4.5.6']);
    expect(await archive.core.shares('1.2.3', MAIN)).toEqual([]);
    expect((await archive.core.studyDetail('1.2.3', MAIN)).sharedWith).toEqual([]);
  });

  it.each([
    ['with its owner', { facility: 'main' }],
    ['with one that is not there', { facility: 'elsewhere' }],
    ['without saying why', { evidence: ' ' }],
    ['until yesterday', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['until some day', { expiresAt: 'soon' }],
  ])('refuses to share a study %s', async (_name, wrong) => {
    const share = { facility: 'branch', basis: 'transfer', evidence: 'Giấy 7', by: 'doctor', ...wrong } as const;
    await expect(archive.core.share('1.2.3', share, MAIN)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('never lets a share touch the reach of the owner', async () => {
    await archive.with.index.setReach({
      studyInstanceUid: '1.2.3',
      owner: 'main',
      facility: 'main',
      expiresAt: '2020-01-01T00:00:00.000Z',
    });
    await archive.with.index.removeReach('1.2.3', 'main');
    expect(await listed(MAIN)).toEqual(['1.2.3']);
  });

  it('tells patients of two facilities apart who have the same number', async () => {
    const { studies } = await archive.core.listStudies({ limit: 10, patientId: 'P1' }, ALL);
    expect(studies.map(({ patient }) => patient.issuer).sort()).toEqual(['BRANCH-ID', 'MAIN-ID']);
    const issuer = parseMatchKey([TAG.IssuerOfPatientID], 'LO', 'BRANCH-ID');
    const { results } = await archive.core.search({ level: 'study', keys: [issuer], include: [] }, ALL);
    expect(results.map((result) => result[TAG.StudyInstanceUID]?.Value)).toEqual([['4.5.6']]);
  });
});
