import { readdirSync } from 'node:fs';
import { type DataSet, newBoundary, TAG, writeMultipart } from '@filmless/dicom';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestHttp, partsOf, type TestHttp } from '../support/http.ts';
import { attribute, dataSetOf, fileOf, objectFile } from '../support/objects.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

/** Each test has studies of its own. */
let study = '';
let other = '';
let count = 0;
beforeEach(() => {
  count += 1;
  study = `1.2.${count}.1`;
  other = `1.2.${count}.2`;
  http.audited.length = 0;
});

/** Files are removed after the answer. */
const nothingLeft = (folder = http.folder): Promise<void> =>
  vi.waitFor(() => expect(readdirSync(`${folder}/incoming`)).toEqual([]));

const json = async (response: Response): Promise<DataSet> => (await response.json()) as DataSet;
const items = (dataSet: DataSet, tag: string): readonly DataSet[] => (dataSet[tag]?.Value ?? []) as readonly DataSet[];
const reasons = (dataSet: DataSet): unknown[] =>
  [...items(dataSet, '00081198'), ...items(dataSet, '0008119A')].map((item) => item['00081197']?.Value?.[0]);

/** Which of the test's studies the archive has. */
async function studies(as = 'main'): Promise<string[]> {
  const found = (await (await http.ask(`/studies?StudyInstanceUID=${study},${other}`, { as })).json()) as DataSet[];
  return found.map((one) => String(one[TAG.StudyInstanceUID]?.Value?.[0])).toSorted();
}

const post = (
  body: Blob | ReadableStream<Uint8Array>,
  contentType: string | undefined,
  headers: Record<string, string> = {},
): Promise<Response> =>
  http.ask('/studies', {
    method: 'POST',
    headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    body,
    duplex: 'half',
  } as RequestInit);

describe('storing', () => {
  it('keeps every byte of an instance, and answers where to find it', async () => {
    const file = objectFile({ study });
    const response = await http.stow([file]);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const url = String(items(await json(response), '00081199')[0]?.['00081190']?.Value?.[0]);
    const [part] = await partsOf(await http.ask(new URL(url).pathname));
    expect(part?.bytes.equals(Buffer.from(file))).toBe(true);
  });

  it('takes one instance as the body itself', async () => {
    const response = await post(new Blob([new Uint8Array(objectFile({ study }))]), 'application/dicom');
    expect(response.status).toBe(200);
    expect(await studies()).toEqual([study]);
  });

  it('accepts an identical instance again and counts it once', async () => {
    const file = objectFile({ study });
    expect((await http.stow([file, file])).status).toBe(200);
    expect((await http.stow([file])).status).toBe(200);
    expect(((await (await http.ask(`/studies/${study}/instances`)).json()) as DataSet[]).length).toBe(1);
  });

  it('keeps a different instance of a known UID aside, and says so', async () => {
    await http.stow([objectFile({ study, pixel: 1 })]);
    const response = await http.stow([objectFile({ study, pixel: 2 })]);
    expect(response.status).toBe(202);
    expect(items(await json(response), '00081199')[0]?.['00081196']).toEqual({ vr: 'US', Value: [0xb000] });
  });

  it('tells of each instance what became of it', async () => {
    const noUid = dataSetOf({ study });
    const response = await http.stow([
      objectFile({ study }),
      Buffer.from('this is no DICOM file, but long enough to be looked at'),
      fileOf({ ...noUid, [TAG.SeriesInstanceUID]: { vr: 'UI' } }),
      objectFile({ study: other }),
    ]);
    expect(response.status).toBe(202);
    const answer = await json(response);
    expect(items(answer, '00081199')).toHaveLength(2);
    expect(reasons(answer)).toEqual([0xc000, 0xc000]);
    expect(await studies()).toEqual([study, other]);
  });

  it('into one study refuses the instances of others', async () => {
    const response = await http.stow([objectFile({ study: other })], { study });
    expect(response.status).toBe(409);
    expect(reasons(await json(response))).toHaveLength(1);
    const mixed = await http.stow([objectFile({ study: other }), objectFile({ study })], { study });
    expect(mixed.status).toBe(202);
    expect(await studies()).toEqual([study]);
  });

  it('answers 409 when nothing could be kept, and leaves nothing of it', async () => {
    const response = await http.stow([Buffer.from('no DICOM')]);
    expect(response.status).toBe(409);
    await nothingLeft();
    expect(http.audited).toEqual([expect.objectContaining({ action: 'study.store', outcome: 'failed' })]);
  });

  it('tells of many instances in the order they came', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
    const response = await http.stow(numbers.map((number) => objectFile({ study, number })));
    const stored = items(await json(response), '00081199').map((item) => item['00081155']?.Value?.[0]);
    expect(stored).toEqual(numbers.map((number) => `${study}.1.${number}`));
  });

  it('answers in XML when that is asked for', async () => {
    const response = await http.stow([objectFile({ study })], { headers: { accept: 'application/dicom+xml' } });
    expect(response.headers.get('content-type')).toBe('application/dicom+xml');
    expect(await response.text()).toContain('keyword="ReferencedSOPSequence"');
  });

  it('notes in the audit trail who stored what', async () => {
    await http.stow([objectFile({ study }), objectFile({ study, number: 2 }), objectFile({ study: other })]);
    expect(http.audited.map(({ studyInstanceUid, detail, subject }) => [subject?.id, studyInstanceUid, detail])).toEqual([
      ['main', study, '2 instances'],
      ['main', other, '1 instances'],
    ]);
  });
});

describe('a store request that cannot be taken', () => {
  const boundary = newBoundary();
  const related = `multipart/related; type="application/dicom"; boundary=${boundary}`;
  const whole = () => writeMultipart([{ headers: {}, body: objectFile({ study }) }], boundary);

  it.each([
    ['of a type that is no DICOM', 'image/jpeg', 415],
    ['of parts that are no DICOM', `multipart/related; type="image/jpeg"; boundary=${boundary}`, 415],
    ['of a form', `multipart/form-data; boundary=${boundary}`, 415],
    ['without a type', undefined, 415],
    ['without a boundary', 'multipart/related; type="application/dicom"', 400],
    ['with another boundary', 'multipart/related; type="application/dicom"; boundary=other', 400],
    ['of an unreadable type', 'multipart/related; type="', 400],
  ])('%s is answered in words', async (_, type, status) => {
    const response = await post(whole(), type);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(await studies()).toEqual([]);
  });

  it('that is compressed is answered with 415', async () => {
    expect((await post(whole(), related, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('that wants no answer there is, is answered with 406', async () => {
    expect((await post(whole(), related, { accept: 'text/html' })).status).toBe(406);
  });

  it('that names a study that is no UID is answered with 400', async () => {
    expect((await http.stow([objectFile()], { study: '..%2f..' })).status).toBe(400);
  });

  it('without an instance is answered with 400', async () => {
    expect((await post(writeMultipart([], boundary), related)).status).toBe(400);
    expect((await http.ask('/studies', { method: 'POST', headers: { 'content-type': related } })).status).toBe(400);
  });

  it('that is cut off is answered with 400; what came whole before is kept, and nothing of the rest', async () => {
    const bytes = new Uint8Array(
      await new Response(
        writeMultipart(
          [objectFile({ study }), objectFile({ study: other })].map((body) => ({ headers: {}, body })),
          boundary,
        ),
      ).arrayBuffer(),
    );
    const response = await post(new Blob([bytes.subarray(0, -200)]).stream(), related);
    expect(response.status).toBe(400);
    expect(await studies()).toEqual([study]);
    expect(http.audited).toEqual([expect.objectContaining({ outcome: 'success', studyInstanceUid: study })]);
    await nothingLeft();
  });

  it('whose sender is gone leaves nothing', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent === 1) {
          controller.enqueue(Buffer.from(`--${boundary}\r\n\r\n`));
          controller.enqueue(objectFile().subarray(0, 300));
        } else {
          controller.error(new Error('connection lost'));
        }
      },
    });
    await post(body, related);
    expect(await studies()).toEqual([]);
    await nothingLeft();
  });

  it('is read no further than needed to refuse it', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1000));
        },
      },
      { highWaterMark: 0 },
    );
    expect((await post(endless, 'image/jpeg')).status).toBe(415);
    expect((await post(endless, related, { 'x-subject-unused': '' })).status).toBe(413);
    expect(pulled).toBeLessThan(1000);
  });

  it('may not be made without the right to upload', async () => {
    expect((await http.stow([objectFile()], { as: 'reader' })).status).toBe(403);
    expect((await http.stow([objectFile()], { as: 'nobody' })).status).toBe(401);
    expect((await http.stow([objectFile()], { as: 'nowhere' })).status).toBe(400);
  });
});

describe('a limit on instances', () => {
  it('refuses the one that is too large and keeps the others', async () => {
    await using small = await openTestHttp({ maxInstanceBytes: 2000 });
    const large = fileOf({
      ...dataSetOf({ study }),
      [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.alloc(5000).toString('base64') },
    });
    const response = await small.stow([large, objectFile({ study, number: 2 })]);
    expect(response.status).toBe(202);
    expect(reasons(await json(response))).toEqual([0xa702]);
    expect((await small.stow([large])).status).toBe(413);
    await nothingLeft(small.folder);
  });
});

describe('a disk that is full but for its reserve', () => {
  it('takes nothing, answers that storage is full and when to come again', async () => {
    await using full = await openTestHttp({ freeBytes: Number.MAX_SAFE_INTEGER });
    const response = await full.stow([objectFile({ study })]);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(reasons(await json(response))).toEqual([0xa700]);
    expect(full.audited.at(-1)?.detail).toContain('free some space');
    await nothingLeft(full.folder);
  });
});

describe('the source of an instance', () => {
  const facilityOf = async (study: string): Promise<string> => {
    const found = (await (await http.ask(`/api/studies/${study}`, { as: 'admin' })).json()) as { facility: string };
    return found.facility;
  };

  it('is the facility of who sends it', async () => {
    await http.stow([objectFile({ study })], { as: 'branch' });
    await http.stow([objectFile({ study: other })], { as: 'admin' });
    expect(await facilityOf(study)).toBe('branch');
    expect(await facilityOf(other)).toBe('main');
    expect(await studies('main')).toEqual([other]);
  });

  it('may be told by a router with the right to relay, and by nobody else', async () => {
    const headers = { 'filmless-source': 'ae=CT01;ip=10.0.0.11;facility=branch' };
    await http.stow([objectFile({ study })], { as: 'relay', headers });
    await http.stow([objectFile({ study: other })], { as: 'main', headers });
    expect(await facilityOf(study)).toBe('branch');
    expect(await facilityOf(other)).toBe('main');
    expect(http.audited[0]).toMatchObject({ address: '10.0.0.11', facility: 'branch', detail: '1 instances from CT01' });
  });

  it.each(['facility=unknown', 'ip=<script>', 'ae=A\\B', 'ae=LONGER-THAN-SIXTEEN'])(
    'is refused when it is %s',
    async (source) => {
      const response = await http.stow([objectFile({ study })], { as: 'relay', headers: { 'filmless-source': source } });
      expect(response.status).toBe(400);
    },
  );
});

describe('attributes that are no ASCII', () => {
  it('are found in the data set as they were stored', async () => {
    await http.stow([objectFile({ study, more: { [TAG.StudyDescription]: attribute('LO', 'Chụp ngực') } })]);
    const [metadata] = (await (await http.ask(`/studies/${study}/metadata`)).json()) as DataSet[];
    expect(metadata?.[TAG.StudyDescription]?.Value).toEqual(['Chụp ngực']);
  });
});
