// needs: postgres
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewInstance } from '../../src/core/index-port.ts';
import { partOf, studyIds } from '../../src/index/study-order.ts';
import { ALL } from '../support/archive.ts';
import { type IndexEngine, inPostgres } from '../support/index-engines.ts';
import { indexed } from '../support/search-cases.ts';

const NOW = '2030-06-01T00:00:00.000Z';
const ROUNDS = 5;

/** What two processes do to an index at the same moment, each with connections of its own. */
describe('an index on PostgreSQL that two processes change at the same moment', () => {
  let engine: IndexEngine;
  beforeAll(async () => {
    engine = await inPostgres();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  it('keeps one instance of a UID that comes under two studies, and no study or series without an instance', async () => {
    await using one = await engine.open('one UID, two studies');
    await using two = await engine.open('one UID, two studies');
    const header = { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn Ước' }] } } as const;
    const under = (study: string, series: string, sop: string, order: number) => indexed({ study, series, sop, header }, order);
    await one.add(under('1.9', '1.9.1', '1.9.1.1', 0));
    for (let round = 1; round <= ROUNDS; round += 1) {
      const sop = `1.6.${round}`;
      const added = await Promise.all([
        one.add(under(`1.7.${round}`, `1.7.${round}.1`, sop, 10 * round)),
        two.add(under(`1.8.${round}`, `1.8.${round}.1`, sop, 10 * round + 1)),
        // A new series of a study that stays.
        two.add(under('1.9', `1.9.1${round}`, sop, 10 * round + 2)),
      ]);
      expect(added.map(({ status }) => status).toSorted()).toEqual(['different', 'different', 'new']);
    }
    const { studies } = await one.listStudies({ limit: 100, q: 'uoc' }, ALL, NOW);
    expect(studies.filter(({ instanceCount }) => instanceCount === 0)).toEqual([]);
    const statistics = await one.statistics();
    expect(statistics).toMatchObject({ studies: studies.length, instances: ROUNDS + 1 });
    expect(studies.reduce((sum, { seriesCount }) => sum + seriesCount, 0)).toBe(statistics.series);
  });

  it('moves two studies to the same moment, though both choose the same place', async () => {
    await using one = await engine.open('same place');
    await using two = await engine.open('same place');
    const placeOf = (uid: string) => partOf(studyIds('20260101', null), uid, 0).from;
    const like = Array.from({ length: 5_000 }, (_, at) => `1.4.${at}`).filter((uid) => placeOf(uid) === placeOf('1.4.0'));
    for (let round = 0; round < ROUNDS; round += 1) {
      const uids = like.slice(2 * round, 2 * round + 2);
      const date = { '00080020': { vr: 'DA', Value: [`2026010${round + 1}`] } } as const;
      const of = (uid: string, order: number, header: NewInstance['header']) =>
        indexed({ study: uid, series: `${uid}.1`, sop: `${uid}.1.${order}`, header }, order);
      await Promise.all(uids.map((uid, at) => one.add(of(uid, 1_000 + 10 * round + at, {}))));
      // Received before, added after: the facts of the study are taken from it.
      const moved = uids.map((uid, at) => [one, two][at]?.add(of(uid, 10 * round + at, date)));
      expect(await Promise.all(moved)).toMatchObject([{ status: 'new' }, { status: 'new' }]);
    }
    expect((await one.listStudies({ limit: 100, from: '2026-01-01' }, ALL, NOW)).studies).toHaveLength(2 * ROUNDS);
  });

  it('gives each of those who claim work at the same moment some of it, as long as there is any', async () => {
    await using one = await engine.open('claims');
    await using two = await engine.open('claims');
    for (let series = 1; series <= 2 * ROUNDS; series += 1) {
      await one.add(indexed({ study: '1.4', series: `1.4.${series}`, sop: `1.4.${series}.1`, header: {} }, series));
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const claim = { now: NOW, quietSince: NOW, quietMs: 1000, until: '2030-06-01T00:05:00.000Z' };
      const claimed = await Promise.all([one, two].map((index, at) => index.texts.claim({ ...claim, by: `process ${at}` })));
      expect(new Set(claimed.map((series) => series?.seriesInstanceUid ?? 'nothing')).size, `round ${round}`).toBe(2);
      expect(claimed).not.toContain(undefined);
    }
  });
});
