import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';

const CT = join(import.meta.dirname, '../../../../fixtures/files/modality/ct/CT_small.dcm');

let http: TestHttp;
let ct = '';

beforeAll(async () => {
  http = await openTestHttp();
  const answer = (await (await http.stow([readFileSync(CT)])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  ct = new URL(String(item?.['00081190']?.Value?.[0])).pathname;
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

describe('looking at a study', () => {
  it('is noted in the audit trail, by each way but a small picture of a study or a series', async () => {
    const series = ct.replace(/\/instances.*/, '');
    const large = `${series}/thumbnail?viewport=201,100`;
    const chosen = [`${ct}/thumbnail`, `${ct}/frames/1/thumbnail?viewport=64,64`];
    for (const path of [ct, `${ct}/metadata`, `${ct}/frames/1`, `${ct}/rendered`, `${ct}/bulkdata/7FE00010`, large, ...chosen]) {
      http.viewed.length = 0;
      await (await http.ask(path)).arrayBuffer();
      expect(http.viewed, path).toEqual([`main ${ct.split('/')[3]}`]);
    }
    http.viewed.length = 0;
    for (const preview of [
      `${series}/thumbnail`,
      `${series}/thumbnail?viewport=200,200`,
      `${series.split('/series')[0]}/thumbnail`,
    ]) {
      expect((await http.ask(preview)).status).toBe(200);
    }
    expect(http.viewed).toEqual([]);
  });
});

describe('a study of another facility', () => {
  it('is not there, by any way', async () => {
    const study = ct.replace(/\/series.*/, '');
    const series = ct.replace(/\/instances.*/, '');
    const paths = [study, series, ct].flatMap((path) => [path, `${path}/metadata`, `${path}/rendered`, `${path}/thumbnail`]);
    for (const path of [
      ...paths,
      `${ct}/frames/1`,
      `${ct}/frames/1/rendered`,
      `${ct}/frames/1/thumbnail`,
      `${ct}/bulkdata/7FE00010`,
    ]) {
      const response = await http.ask(path, { as: 'branch' });
      expect(response.status, path).toBe(404);
      const unknown = await http.ask(path.replace(study, `${study}9`), { as: 'branch' });
      expect(await response.text(), path).toBe(await unknown.text());
      expect((await http.ask(path, { as: 'nobody' })).status, path).toBe(401);
      expect((await http.ask(path, { as: 'relay' })).status, path).toBe(403);
    }
  });
});
