import type { Scope } from '@filmless/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewInstance } from '../../src/core/index-port.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { ALL } from '../support/archive.ts';
import type { IndexEngine, StartEngine } from '../support/index-engines.ts';
import { generateCases, indexed } from '../support/search-cases.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const of = (...facilities: readonly string[]): Scope => ({ facilities });

/** Instance `number` of one series of study `study`, received in this order. */
function instanceOf(study: number, number: number, order: number, more: Partial<NewInstance> = {}): NewInstance {
  const uid = `1.3.${study}`;
  const header = {
    '00080020': { vr: 'DA', Value: [`202601${String((study % 27) + 1).padStart(2, '0')}`] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Thị Hoa' }] },
    '00100020': { vr: 'LO', Value: [`P${study % 3}`] },
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00200013': { vr: 'IS', Value: [number] },
  } as const;
  const found = { study: uid, series: `${uid}.1`, sop: `${uid}.1.${number}`, header };
  return { ...indexed(found, order), ...more };
}

/** The same data set once more, as another object. */
function again(instance: NewInstance, by: string): NewInstance {
  return { ...instance, instance: { ...instance.instance, objectKey: `${by}/${instance.instance.objectKey}` } };
}

/** The promises of the port, besides searching. */
export function indexContract(name: string, start: StartEngine): void {
  describe(`the index, ${name}`, () => {
    let engine: IndexEngine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });

    it('tells a new instance from an identical one, from another one of that UID, and from those of another facility', async () => {
      await using index = await engine.open('statuses');
      expect(await index.add(instanceOf(1, 1, 1))).toEqual({ status: 'new', newStudy: true });
      expect(await index.add(instanceOf(1, 2, 2))).toEqual({ status: 'new', newStudy: false });
      expect(await index.add(again(instanceOf(1, 1, 1), 'b'))).toEqual({ status: 'identical' });
      const existing = { studyInstanceUid: '1.3.1', seriesInstanceUid: '1.3.1.1', sopInstanceUid: '1.3.1.1.1' };
      expect(await index.add(instanceOf(1, 1, 3))).toEqual({ status: 'different', owner: 'main', existing });
      expect(await index.add(instanceOf(1, 1, 3, { facility: 'branch' }))).toEqual({
        status: 'foreign',
        owner: 'main',
        existing,
      });
      expect(await index.add(instanceOf(1, 3, 4, { facility: 'branch' }))).toEqual({
        status: 'foreign',
        owner: 'main',
        existing: null,
      });
      expect(await index.statistics()).toMatchObject({ studies: 1, series: 1, instances: 2, bytes: 2000 });
    });

    it('shows a study to its facility, and to another one as long as it is shared', async () => {
      await using index = await engine.open('shares');
      await index.add(instanceOf(1, 1, 1));
      await index.add(instanceOf(2, 1, 2, { facility: 'branch' }));
      const seen = async (scope: Scope, q?: string) => {
        const { studies, total } = await index.listStudies({ limit: 10, ...(q === undefined ? {} : { q }) }, scope, NOW);
        expect(total).toEqual({ count: studies.length, exact: true });
        return studies.map((study) => study.studyInstanceUid);
      };
      expect(await seen(of('branch'))).toEqual(['1.3.2']);
      await index.setReach({
        studyInstanceUid: '1.3.1',
        owner: 'main',
        facility: 'branch',
        expiresAt: '2026-07-01T00:00:00.000Z',
      });
      expect(await seen(of('branch'))).toEqual(['1.3.2', '1.3.1']);
      expect(await seen(of('branch'), 'hoa nguy')).toEqual(['1.3.2', '1.3.1']);
      expect(await index.owner('1.3.1', NOW)).toEqual({ facility: 'main', sharedWith: ['branch'] });
      expect(await index.owner('1.3.1', '2026-07-01T00:00:00.001Z')).toEqual({ facility: 'main', sharedWith: [] });
      await index.removeReach('1.3.1', 'branch');
      await index.removeReach('1.3.1', 'main');
      expect(await seen(of('branch'), 'hoa')).toEqual(['1.3.2']);
      expect(await seen(of('main'), 'hoa')).toEqual(['1.3.1']);
      expect(await seen(of('third', 'main', 'branch'))).toEqual(['1.3.2', '1.3.1']);
      expect(await seen(of())).toEqual([]);
    });

    it('puts an instance in the place of another, once, and counts what is left', async () => {
      await using index = await engine.open('replaced');
      await Promise.all([1, 2].map((number) => index.add(instanceOf(1, number, number))));
      await index.add(instanceOf(2, 1, 3));
      const moved = { ...instanceOf(2, 7, 8), instance: { ...instanceOf(2, 7, 8).instance, sopInstanceUid: '1.3.1.1.1' } };
      await index.replace('1.3.1.1.1', 'another key', moved);
      expect(await index.find('1.3.1.1.1')).toMatchObject({ studyInstanceUid: '1.3.1' });
      await index.replace('1.3.1.1.1', '00/1.dcm', moved);
      expect(await index.find('1.3.1.1.1')).toMatchObject({ studyInstanceUid: '1.3.2', objectKey: '00/8.dcm' });
      expect(await index.countInstances(['1.3.1', '1.3.2', '9.9'])).toEqual(
        new Map([
          ['1.3.1', 1],
          ['1.3.2', 2],
        ]),
      );
      await index.replace('1.3.1.1.2', '00/2.dcm', {
        ...instanceOf(2, 9, 9),
        instance: { ...instanceOf(2, 9, 9).instance, sopInstanceUid: '1.3.1.1.2' },
      });
      expect(await index.studyDetail('1.3.1', ALL, NOW)).toBeUndefined();
      expect(await index.statistics()).toMatchObject({ studies: 1, instances: 3 });
      expect((await index.listStudies({ limit: 10, q: 'hoa' }, ALL, NOW)).total.count).toBe(1);
    });

    it('takes a study out whole, notes its objects, and takes it in again', async () => {
      await using index = await engine.open('removed');
      await index.add(instanceOf(1, 1, 1));
      await index.add(instanceOf(1, 2, 2));
      expect(await index.removeStudy('1.3.1', ['00/1.dcm'])).toBe(false);
      await index.setConflicts('1.3.1', 1);
      expect(await index.removeStudy('1.3.1', ['00/1.dcm', '00/2.dcm'])).toBe(false);
      await index.setConflicts('1.3.1', 0);
      expect(await index.removeStudy('1.3.1', ['00/1.dcm', '00/2.dcm'])).toBe(true);
      expect(await index.removeStudy('1.3.1', ['00/1.dcm', '00/2.dcm'])).toBe(false);
      expect((await index.removedObjects('', 10)).map(({ objectKey }) => objectKey)).toEqual(['00/1.dcm', '00/2.dcm']);
      await index.forgetRemoved(['00/1.dcm']);
      expect((await index.removedObjects('', 10)).map(({ objectKey }) => objectKey)).toEqual(['00/2.dcm']);
      expect(await index.add(instanceOf(1, 1, 5))).toEqual({ status: 'new', newStudy: true });
      expect((await index.listStudies({ limit: 10, q: 'hoa' }, ALL, NOW)).total.count).toBe(1);
    });

    it('tells which instances and objects it knows, their digests, who sent them, and what came since', async () => {
      await using index = await engine.open('known');
      const sender = { callingAe: 'CT01', user: null, address: '10.0.0.11' };
      const first = instanceOf(1, 1, 1);
      await index.add({ ...first, instance: { ...first.instance, sender } });
      await index.add(instanceOf(1, 2, 2));
      await index.add(instanceOf(2, 1, 3));
      expect(await index.present(['1.3.1.1.1', '1.3.1.1.9', '1.3.2.1.1'])).toEqual(new Set(['1.3.1.1.1', '1.3.2.1.1']));
      expect([...(await index.digests('1.3.1', ['1.3.1.1.2', '1.3.2.1.1'], ALL, NOW)).keys()]).toEqual(['1.3.1.1.2']);
      await index.leaveOut('00/left.dcm', 'broken');
      await index.leaveOut('00/left.dcm', 'broken once more');
      expect(await index.referredOf(['00/1.dcm', '00/left.dcm', '00/none.dcm'])).toEqual(new Set(['00/1.dcm', '00/left.dcm']));
      expect(await index.senders('1.3.1')).toMatchObject([
        { sender, count: 1 },
        { sender: null, count: 1 },
      ]);
      expect(await Array.fromAsync(index.studiesSince(instanceOf(1, 2, 2).instance.receivedAt))).toEqual(['1.3.2', '1.3.1']);
      expect(await index.quietStudies({ before: NOW, limit: 1 })).toMatchObject([{ studyInstanceUid: '1.3.1', instances: 2 }]);
      const after = { updatedAt: instanceOf(1, 2, 2).instance.receivedAt, studyInstanceUid: '1.3.1' };
      expect(await index.quietStudies({ before: NOW, limit: 5, after })).toMatchObject([{ studyInstanceUid: '1.3.2' }]);
    });

    it('gives headers, layouts and instances of a study as they were put in', async () => {
      await using index = await engine.open('headers');
      const cases = generateCases(3, 5);
      for (const [order, found] of cases.entries()) {
        await index.add(indexed(found, order));
      }
      const study = cases.filter((found) => found.study === '1.2.2');
      const headers = await Array.fromAsync(index.headers({ studyInstanceUid: '1.2.2' }, ALL, NOW));
      expect(Object.fromEntries(headers.map(({ sopInstanceUid, header }) => [sopInstanceUid, header]))).toEqual(
        Object.fromEntries(study.map(({ sop, header }) => [sop, header])),
      );
      const [one] = headers;
      if (one === undefined) {
        throw new Error('no header');
      }
      expect(await index.instance(one, ALL, NOW)).toEqual(one);
      expect(await index.instance(one, of('branch'), NOW)).toBeUndefined();
      expect(await index.layout(one, of('main'), NOW)).toMatchObject({ objectKey: one.objectKey, frames: one.frames });
      expect(await index.stored(one, ALL, NOW)).toMatchObject({ sha256: one.sha256 });
      expect(await index.representative({ studyInstanceUid: '1.2.2' }, ALL, NOW)).toMatchObject({ studyInstanceUid: '1.2.2' });
      const listed = await Array.fromAsync(index.instances({ studyInstanceUid: '1.2.2' }, ALL, NOW));
      expect(listed.map((found) => found.sopInstanceUid)).toEqual(headers.map((found) => found.sopInstanceUid));
    });

    it('pages the list by days, number, name and facility, and says how many there are', async () => {
      await using index = await engine.open('listed');
      await Promise.all(Array.from({ length: 60 }, (_, study) => index.add(instanceOf(study, 1, study))));
      const whole = await index.listStudies({ limit: 100 }, ALL, NOW);
      const uids: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page = await index.listStudies({ limit: 7, q: 'thi', ...(after === '' ? {} : { after }) }, of('main'), NOW);
        uids.push(...page.studies.map((study) => study.studyInstanceUid));
        expect(page.total).toEqual({ count: 60, exact: true });
        after = page.next;
      }
      expect(uids).toEqual(whole.studies.map((study) => study.studyInstanceUid));
      const days = await index.listStudies({ limit: 100, from: '2026-01-05', to: '2026-01-06' }, ALL, NOW);
      expect(days.studies.map((study) => study.date)).toEqual(
        Array.from({ length: 6 }, (_, at) => (at < 3 ? '2026-01-06' : '2026-01-05'))
          .toSorted()
          .reverse(),
      );
      expect((await index.listStudies({ limit: 100, patientId: 'P1', modality: 'CT,MR' }, ALL, NOW)).total.count).toBe(20);
      expect((await index.listStudies({ limit: 100, q: 'p1 hoa' }, ALL, NOW)).total.count).toBe(20);
      expect((await index.listStudies({ limit: 100, q: 'p1 hoan' }, ALL, NOW)).total.count).toBe(0);
      expect((await index.listStudies({ limit: 100, facility: 'branch' }, ALL, NOW)).total.count).toBe(0);
      const ordered = await index.orderStudies(['1.3.1', '1.3.5', '9.9'], { from: '2026-01-03' }, ALL, NOW);
      expect(ordered.map((study) => study.studyInstanceUid)).toEqual(['1.3.5']);
    });

    it('keeps what no sender should send: very long numbers and words, and letters of any script', async () => {
      await using index = await engine.open('hostile');
      const long = 'ạ'.repeat(5_000);
      const value = (text: string) => ({ vr: 'LO', Value: [text] }) as const;
      const header = {
        '00100010': { vr: 'PN', Value: [{ Alphabetic: `${long}^🩻 O'Neil%_\\` }] },
        '00100020': value(long),
        '00080050': value(long),
        '00081030': value(`'"; DROP TABLE study; -- \u0000 ${long}`),
        '00080060': value(long),
      } as const;
      const found = { study: '1.4.1', series: '1.4.1.1', sop: '1.4.1.1.1', header };
      expect(await index.add(indexed(found, 1))).toEqual({ status: 'new', newStudy: true });
      expect((await index.listStudies({ limit: 10, q: 'eil' }, ALL, NOW)).total.count).toBe(0);
      expect((await index.listStudies({ limit: 10, q: "O'Neil" }, ALL, NOW)).total.count).toBe(1);
      expect((await index.listStudies({ limit: 10, q: long }, ALL, NOW)).total.count).toBe(1);
      const [kept] = await Array.fromAsync(index.headers({ studyInstanceUid: '1.4.1' }, ALL, NOW));
      expect(kept?.header).toEqual(header);
    });
  });
}

/** Several openings of one index, as processes have it, that write at once. */
export function sharedIndexContract(name: string, start: StartEngine): void {
  describe(`an index that several write to, ${name}`, () => {
    let engine: IndexEngine;
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });

    const totals = async (index: SqlIndex) => {
      const { studies } = await index.listStudies({ limit: 100 }, ALL, NOW);
      return studies.map(({ studyInstanceUid, instanceCount, seriesCount }) => [studyInstanceUid, instanceCount, seriesCount]);
    };

    it('takes each instance once and counts all, whoever brings them and in whatever order', async () => {
      await using one = await engine.open('race');
      await using two = await engine.open('race');
      await using three = await engine.open('race');
      const all = Array.from({ length: 8 * 25 }, (_, at) => ({ study: at % 8, number: Math.floor(at / 8) + 1, order: at }));
      const added = await Promise.all(
        [one, two, three].flatMap((index, at) =>
          (at === 1 ? all.toReversed() : all).map(({ study, number, order }) =>
            index.add(again(instanceOf(study, number, order), `${at}`)),
          ),
        ),
      );
      expect(added.filter(({ status }) => status === 'new')).toHaveLength(all.length);
      expect(added.filter(({ status }) => status === 'identical')).toHaveLength(2 * all.length);
      expect(added.filter((found) => found.status === 'new' && found.newStudy)).toHaveLength(8);
      expect((await totals(one)).toSorted()).toEqual(Array.from({ length: 8 }, (_, study) => [`1.3.${study}`, 25, 1]));
      expect(await two.statistics()).toMatchObject({ studies: 8, series: 8, instances: 200, bytes: 200_000 });
    });

    it('takes the facts of a study from the instance received first, whoever brings it', async () => {
      const indexes = await Promise.all([1, 2, 3].map(() => engine.open('described at once')));
      const described = (order: number): NewInstance => {
        const header = {
          '00080020': { vr: 'DA', Value: [`202602${String((order % 20) + 1).padStart(2, '0')}`] },
          '00081030': { vr: 'LO', Value: [`text ${order}`] },
          '0008103E': { vr: 'LO', Value: [`text ${order}`] },
        } as const;
        return indexed({ study: '1.5.1', series: '1.5.1.1', sop: `1.5.1.1.${order}`, header }, order);
      };
      const orders = Array.from({ length: 30 }, (_, at) => (at * 7) % 30);
      await Promise.all(orders.map((order) => indexes[order % 3]?.add(described(order))));
      const detail = await indexes[0]?.studyDetail('1.5.1', ALL, NOW);
      expect(detail).toMatchObject({
        description: 'text 0',
        date: '2026-02-01',
        instanceCount: 30,
        series: [{ description: 'text 0' }],
      });
      for (const index of indexes) {
        await index[Symbol.asyncDispose]();
      }
    });

    it('lets one of several remove or replace, and none lose what came meanwhile', async () => {
      await using one = await engine.open('removed at once');
      await using two = await engine.open('removed at once');
      for (let round = 0; round < 10; round += 1) {
        const order = round * 100;
        await one.add(instanceOf(1, 1, order));
        const key = `00/${order}.dcm`;
        const [removed, added, again] = await Promise.all([
          one.removeStudy('1.3.1', [key]),
          two.add(instanceOf(1, 2, order + 1)),
          two.removeStudy('1.3.1', [key]),
        ]);
        expect(added.status).toBe('new');
        expect([removed, again].filter(Boolean).length).toBeLessThan(2);
        expect(await one.countInstances(['1.3.1'])).toEqual(new Map([['1.3.1', removed || again ? 1 : 2]]));
        const keys = (await Array.fromAsync(two.instances({ studyInstanceUid: '1.3.1' }, ALL, NOW))).map(
          (found) => found.objectKey,
        );
        const replaced = { ...instanceOf(1, 2, order + 2) };
        await Promise.all([one, two].map((index) => index.replace('1.3.1.1.2', `00/${order + 1}.dcm`, replaced)));
        expect(await two.find('1.3.1.1.2')).toMatchObject({ objectKey: `00/${order + 2}.dcm` });
        const left = [...keys.filter((found) => found !== `00/${order + 1}.dcm`), `00/${order + 2}.dcm`];
        expect(await one.removeStudy('1.3.1', left)).toBe(true);
      }
      expect(await two.statistics()).toMatchObject({ studies: 0, instances: 0, bytes: 0 });
    });
  });
}
