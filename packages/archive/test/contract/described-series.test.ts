import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TAG } from '@filmless/dicom';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { SqliteIndex } from '../../src/index/sqlite-index.ts';
import { ALL } from '../support/archive.ts';
import { type Case, indexed } from '../support/search-cases.ts';

let folder: string;
let index: SqliteIndex;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-described-'));
  index = await SqliteIndex.open({ file: join(folder, 'index.db'), limits: ARCHIVE_LIMITS });
});

afterEach(async () => {
  await index[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

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

const described = async () => {
  const study = await index.studyDetail('1.2.3', ALL, '2026-04-01');
  return study && [study.description, ...study.series.map(({ description }) => description)];
};

it('takes the facts of study and series from the instance received first, whichever comes first', async () => {
  for (const order of [5, 6, 1, 3, 0, 2]) {
    expect(await index.add(indexed(instance(`1.9.${order}`, `text ${order}`), order))).toMatchObject({ status: 'new' });
  }
  expect(await described()).toEqual(['text 0', 'text 0']);
});

it('describes a series anew that lost its only instance after it was indexed', async () => {
  const [first, other, later] = [instance('1.9.1', 'first'), instance('1.9.1', 'other', '1.2.4'), instance('1.9.2', 'later')];
  await index.add(indexed(first, 1));
  await index.replace('1.9.1', '00/1.dcm', indexed(other, 2));
  expect(await described()).toBeUndefined();
  expect(await index.add(indexed(later, 3))).toEqual({ status: 'new', newStudy: true });
  expect(await described()).toEqual(['later', 'later']);
});

it('works out what a header says of study and series once for a series', async () => {
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
