import { TAG } from '@filmless/dicom';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { ALL } from '../support/archive.ts';
import type { IndexEngine, StartEngine } from '../support/index-engines.ts';
import { type Case, indexed } from '../support/search-cases.ts';

const instance = (sop: string, text: string, study = '1.2.3', series = `${study}.1`): Case => ({
  study,
  series,
  sop,
  header: {
    [TAG.StudyDescription]: { vr: 'LO', Value: [text] },
    [TAG.SeriesDescription]: { vr: 'LO', Value: [text] },
    [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
  },
});

/** Whose header describes a study and its series, whichever comes first. */
export function describedContract(name: string, start: StartEngine): void {
  let engine: IndexEngine;
  let index: SqlIndex;
  let indexes = 0;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    indexes += 1;
    index = await engine.open(`described${indexes}`);
  });
  afterEach(async () => {
    await index[Symbol.asyncDispose]();
  });

  const described = async () => {
    const study = await index.studyDetail('1.2.3', ALL, '2026-04-01');
    return study && [study.description, ...study.series.map(({ description }) => description)];
  };

  it(`takes the facts of study and series from the instance received first, whichever comes first, ${name}`, async () => {
    for (const order of [5, 6, 1, 3, 0, 2]) {
      expect(await index.add(indexed(instance(`1.9.${order}`, `text ${order}`), order))).toMatchObject({ status: 'new' });
    }
    expect(await described()).toEqual(['text 0', 'text 0']);
  });

  it(`describes a series anew that lost its only instance after it was indexed, ${name}`, async () => {
    const [first, other, later] = [instance('1.9.1', 'first'), instance('1.9.1', 'other', '1.2.4'), instance('1.9.2', 'later')];
    await index.add(indexed(first, 1));
    await index.replace('1.9.1', '00/1.dcm', indexed(other, 2));
    expect(await described()).toBeUndefined();
    expect(await index.add(indexed(later, 3))).toEqual({ status: 'new', newStudy: true });
    expect(await described()).toEqual(['later', 'later']);
  });

  it(`works out what a header says of study and series once for a series, ${name}`, async () => {
    let asked = 0;
    const counted = (order: number) => {
      const { study, series, ...rest } = indexed(instance(`1.9.${order}`, 'text'), order);
      return {
        ...rest,
        get study() {
          asked += 1;
          return study;
        },
        series,
      };
    };
    for (const order of [1, 2, 3]) {
      await index.add(counted(order));
    }
    expect(asked).toBe(1);
  });
}
