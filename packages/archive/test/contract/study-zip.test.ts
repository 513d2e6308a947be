import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';

const STUDY = '1.2.77';
const PATH = `/api/studies/${STUDY}/zip`;

describe('a study as ZIP', () => {
  let http: TestHttp;
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    http = await openTestHttp();
    const files = [1, 2, 3].map((number) => objectFile({ study: STUDY, number }));
    files.push(objectFile({ study: STUDY, series: `${STUDY}.2`, number: 1 }));
    await (await http.stow(files)).body?.cancel();
  });

  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    process.off('unhandledRejection', note);
  });

  const namesIn = (zip: Uint8Array): readonly string[] =>
    Buffer.from(zip)
      .toString('latin1')
      .match(/(?:DICOM\/SE\d{6}\/IM\d{6}|DICOMDIR)(?=PK|\0)/g) ?? [];

  it('has a folder for each series, and is named after patient and day with and without accents', async () => {
    const response = await http.ask(PATH);
    const zip = new Uint8Array(await response.arrayBuffer());
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const disposition = response.headers.get('content-disposition') ?? '';
    expect(disposition).toContain('filename="Do Thi Duong 2026-02-27.zip"');
    expect(decodeURIComponent(disposition)).toContain('Đỗ Thị Dương 2026-02-27.zip');
    expect(Buffer.from(zip).toString('latin1')).toContain('DICOM/SE000002/IM000001');
    expect(namesIn(zip)).toContain('DICOMDIR');
  });

  it('holds the series asked for; one that the study has not is not found, what is no UID refused', async () => {
    const some = await http.ask(`${PATH}?series=${STUDY}.2`);
    expect(Buffer.from(await some.arrayBuffer()).toString('latin1')).not.toContain('SE000002');
    expect((await http.ask(`${PATH}?series=${STUDY}.9`)).status).toBe(404);
    expect((await http.ask(`${PATH}?series=../x`)).status).toBe(400);
    const many = Array.from({ length: 101 }, (_, index) => `1.${index}`).join(',');
    expect((await http.ask(`${PATH}?series=${many}`)).status).toBe(400);
  });

  it('is on the audit trail, and nobody else’s', async () => {
    const before = http.audited.length;
    await (await http.ask(PATH)).arrayBuffer();
    expect(http.audited.slice(before)).toEqual([
      expect.objectContaining({ action: 'study.export', studyInstanceUid: STUDY, detail: 'series: 2, objects: 4' }),
    ]);
    expect((await http.ask(PATH, { as: 'branch' })).status).toBe(404);
    expect((await http.ask(PATH, { as: 'relay' })).status).toBe(403);
  });

  it('may be left at the beginning, in the middle, or asked for by HEAD: nothing stays open and nothing fails unheard', async () => {
    expect((await http.ask(PATH, { method: 'HEAD' })).status).toBe(200);
    for (const reads of [0, 1, 3, 6]) {
      const reader = (await http.ask(PATH)).body?.getReader();
      for (let read = 0; read < reads; read += 1) {
        await reader?.read();
      }
      await reader?.cancel(new Error('the browser was closed'));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unhandled).toEqual([]);
    expect((await http.ask(PATH)).status).toBe(200);
  });
});
