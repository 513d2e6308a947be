import type { DataSet } from '@filmless/dicom';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { completeNew } from '../../src/core/workitems/data-set.ts';
import { ALL, openTestArchive, type TestArchive } from '../support/archive.ts';
import { attribute } from '../support/objects.ts';
import { newWorkitem } from '../support/workitems.ts';

const MAIN = { facilities: ['main'] } as const;

let archive: TestArchive;
beforeEach(async () => {
  archive = await openTestArchive({ limits: { workitems: 4, workitemKeptMs: 60_000, workitemLockedMs: 120_000 } });
});
afterEach(async () => {
  await archive[Symbol.asyncDispose]();
});

const desk = () => archive.core.workitems;
const create = async (uid: string, facility = 'main') => await desk().create(newWorkitem(), { uid, facility });
const outcome = async (work: Promise<unknown>) =>
  await work.then(
    () => 'done',
    (error: unknown) => (error as { readonly code?: string }).code,
  );
/** The clock of the test goes on by a second each time it is read. */
const pass = (seconds: number) => {
  for (let read = 0; read < seconds; read += 1) {
    archive.with.now();
  }
};

it('of many that claim a step at the same moment one gets it', async () => {
  await create('1.2.3');
  const claims = Array.from({ length: 8 }, (_, n) => `2.25.${n + 1}`);
  const outcomes = await Promise.all(
    claims.map(async (claim) => await outcome(desk().changeState('1.2.3', 'IN PROGRESS', claim, MAIN))),
  );
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'conflict'), 'done']);
  const winner = claims[outcomes.indexOf('done')] ?? '';
  expect((await desk().get('1.2.3', ALL)).transactionUid).toBe(winner);
});

it('updates at the same moment all count', async () => {
  await create('1.2.3');
  const changes = [{ '00741200': attribute('CS', 'HIGH') }, { '00741204': attribute('LO', 'Nhãn') }];
  await Promise.all(changes.map((change) => desk().update('1.2.3', change, undefined, MAIN)));
  const { attributes, version } = await desk().get('1.2.3', MAIN);
  expect([version, attributes['00741200']?.Value, attributes['00741204']?.Value]).toEqual([3, ['HIGH'], ['Nhãn']]);
});

it('one that is cancelled while it is claimed is one or the other', async () => {
  await create('1.2.3');
  const both = await Promise.all([
    outcome(desk().changeState('1.2.3', 'IN PROGRESS', '2.25.1', MAIN)),
    outcome(desk().requestCancel('1.2.3', { requestingAe: 'RIS', attributes: {} }, MAIN)),
  ]);
  const { state } = await desk().get('1.2.3', MAIN);
  expect([state, ...both]).toEqual(state === 'CANCELED' ? ['CANCELED', 'conflict', 'done'] : ['IN PROGRESS', 'done', 'conflict']);
});

it('two that are made under one UID at the same moment are one', async () => {
  const outcomes = await Promise.all([outcome(create('1.2.3')), outcome(create('1.2.3', 'branch'))]);
  expect(outcomes.toSorted()).toEqual(['conflict', 'done']);
});

it('what was acknowledged is there after the process was killed', async () => {
  await create('1.2.3');
  await desk().changeState('1.2.3', 'IN PROGRESS', '2.25.1', MAIN);
  await archive.kill();
  archive = await openTestArchive({ folder: archive.folder });
  expect(await desk().get('1.2.3', MAIN)).toMatchObject({ state: 'IN PROGRESS', transactionUid: '2.25.1' });
});

it('a worklist has a length, and what ended long ago leaves it', async () => {
  for (const uid of ['1.1', '1.2', '1.3', '1.4']) {
    await create(uid);
  }
  expect(await outcome(create('1.5'))).toBe('store-full');
  expect(await outcome(create('1.5', 'branch'))).toBe('done');
  const cancel = async (uid: string) => await desk().requestCancel(uid, { requestingAe: 'RIS', attributes: {} }, MAIN);
  await cancel('1.1');
  pass(61);
  await cancel('1.2');
  await create('1.6', 'branch');
  expect([await outcome(desk().get('1.1', MAIN)), await outcome(desk().get('1.2', MAIN))]).toEqual(['not-found', 'done']);
  expect(await outcome(create('1.5.1'))).toBe('done');
});

it('a worklist that is full empties when what is in it has ended long ago', async () => {
  for (const uid of ['1.1', '1.2', '1.3', '1.4']) {
    await create(uid);
    await desk().requestCancel(uid, { requestingAe: 'RIS', attributes: {} }, MAIN);
  }
  expect(await outcome(create('1.5'))).toBe('store-full');
  pass(61);
  expect(await outcome(create('1.5'))).toBe('done');
  expect(await outcome(desk().get('1.1', MAIN))).toBe('not-found');
});

it('who begins to watch the worklist while steps are made is told of each, once it is there', async () => {
  const uids = ['1.1', '1.2', '1.3', '1.4'];
  const watch = { aeTitle: 'RIS', locked: false, by: 'RIS' };
  const filter = [{ path: ['00741202'], vr: 'LO', match: { kind: 'single', value: 'CAD' } }] as const;
  await Promise.all([
    ...uids.slice(0, 2).map((uid) => create(uid)),
    archive.core.workitemSubscriptions.watch(watch, MAIN),
    archive.core.workitemSubscriptions.watch({ ...watch, aeTitle: 'CAD', filter }, MAIN),
    ...uids.slice(2).map((uid) => create(uid)),
  ]);
  for (const uid of uids) {
    expect(await archive.with.records.workitems.subscribers(uid)).toEqual(['CAD', 'RIS']);
  }
  await archive.core.workitemSubscriptions.unwatch('CAD', { keep: true }, MAIN);
  await archive.core.workitemSubscriptions.unwatch('RIS', { keep: false }, MAIN);
  expect(await archive.with.records.workitems.subscribers('1.1')).toEqual(['CAD']);
});

it('a search over several facilities that have more than it looks at goes on where it was', async () => {
  const uids = ['main', 'branch', 'third'].flatMap((facility) =>
    [1, 2, 3, 4].map((n) => [`1.1.${n}.${facility.length}`, facility]),
  );
  for (const [uid = '', facility] of uids) {
    await create(uid, facility);
  }
  const sorted = uids.map(([uid]) => uid).toSorted();
  const uidOf = (result: DataSet) => String(result['00080018']?.Value?.[0]);
  for (const offset of [0, 3, 9, 12]) {
    const found: string[] = [];
    let page = await desk().search({ keys: [], include: [], offset }, ALL);
    for (;;) {
      found.push(...page.results.map(uidOf));
      if (page.next === null) {
        break;
      }
      page = await desk().search({ keys: [], include: [], offset: page.offset, after: page.next }, ALL);
    }
    expect(found).toEqual(sorted.slice(offset));
  }
});

it('a watch reaches all of a long worklist in steps, between which others write', async () => {
  const uids = Array.from({ length: 450 }, (_, n) => `1.3.${n}`);
  const { workitems } = archive.with.records;
  const forget = { before: '', lockedBefore: '' };
  const { attributes } = completeNew(newWorkitem(), { uid: '1.3', worklist: 'main', at: archive.with.now() });
  const add = async (uid: string) => await workitems.add({ uid, facility: 'main', attributes, createdAt: '' }, forget);
  await Promise.all(uids.map(add));
  const steps: string[] = [];
  await Promise.all([
    archive.core.workitemSubscriptions
      .watch({ aeTitle: 'RIS', locked: false, by: 'RIS' }, MAIN)
      .then(() => steps.push('watched')),
    add('1.3.x').then(() => steps.push('added')),
  ]);
  expect(steps).toEqual(['added', 'watched']);
  for (const uid of [...uids, '1.3.x']) {
    expect(await workitems.subscribers(uid)).toEqual(['RIS']);
  }
});

it('what is locked stays after it has ended, and not for ever', async () => {
  await create('1.1');
  await archive.core.workitemSubscriptions.subscribe('1.1', 'RIS', true, MAIN);
  await desk().requestCancel('1.1', { requestingAe: 'RIS', attributes: {} }, MAIN);
  pass(61);
  await create('1.2');
  expect(await outcome(desk().get('1.1', MAIN))).toBe('done');
  pass(60);
  await create('1.3');
  expect(await outcome(desk().get('1.1', MAIN))).toBe('not-found');
  expect(await archive.with.records.workitems.subscribers('1.1')).toEqual([]);
});
