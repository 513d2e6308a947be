import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { objectFile } from '../support/objects.ts';

let http: TestHttp;
beforeAll(async () => {
  http = await openTestHttp();
  await http.stow([objectFile({ study: '1.2.3' })]);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

const ANSWERS: ReadonlySet<number> = new Set([200, 202, 204, 304, 400, 404, 406, 409, 413, 415]);

const uid = fc.constantFrom(
  '1.2.3',
  '1.2.3.1',
  '1.2.3.1.1',
  '9',
  '',
  '..',
  '%00',
  '%',
  '%2e%2e%2f',
  'a',
  '1'.repeat(65),
  "1'--",
  '\u202e',
);
const study = uid.map((one) => `/studies/${one}`);
const series = fc.tuple(study, uid).map(([path, one]) => `${path}/series/${one}`);
const instance = fc.tuple(series, uid).map(([path, one]) => `${path}/instances/${one}`);
const frames = fc
  .tuple(instance, fc.constantFrom('1', '2', '0', '1,1', ',', '1e9', '%31', '-1'))
  .map(([path, list]) => `${path}/frames/${list}`);
const leaf = fc.constantFrom(
  '',
  '/',
  '/metadata',
  '/rendered',
  '/thumbnail',
  '/bulkdata/7FE00010',
  '/bulkdata/%2e%2e/x',
  '/series',
  '/instances',
  '/frames/1',
);
const path = fc
  .tuple(fc.oneof(study, series, instance, frames, fc.constantFrom('/studies', '/series', '/instances')), leaf)
  .map((parts) => parts.join(''));

const name = fc.constantFrom(
  'PatientName',
  'StudyDate',
  '00100010',
  'limit',
  'offset',
  'includefield',
  'fuzzymatching',
  'window',
  'viewport',
  'quality',
  'accept',
  'X',
  '00081140.00081155',
  'Rows',
);
const text = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '1',
    '-1',
    'all',
    'true',
    '20260101-',
    '1,2',
    '1,2,3,4,5,6',
    '\\',
    '%',
    'image/png',
    "' OR 1=1",
    '\u0000',
    'ễ',
  ),
  fc.string({ maxLength: 12 }),
);
const query = fc.array(fc.tuple(name, text), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs).toString());

const media = fc.constantFrom(
  '*/*',
  'image/jpeg',
  'application/dicom',
  'application/dicom+json',
  'multipart/related',
  'multipart/related; type="application/octet-stream"; transfer-syntax=*',
  'multipart/related; type=image/*',
  ',;="',
  '"',
  'a/b;q=x',
  'image/*;q=0',
);
const accept = fc.array(media, { maxLength: 3 }).map((all) => all.join(', '));

describe('a hostile client', () => {
  it('always gets an answer in words, never a failure of the server', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(path, query, accept, fc.constantFrom('GET', 'HEAD'), async (where, asked, wanted, method) => {
        const response = await http.ask(`${where}?${asked}`, { accept: wanted, method });
        await response.arrayBuffer();
        expect(ANSWERS.has(response.status), `${response.status} for ${method} ${where}?${asked} (${wanted})`).toBe(true);
        const type = response.headers.get('content-type');
        expect(response.status >= 400 && type !== 'application/problem+json' ? `${response.status} ${type}` : '').toBe('');
      }),
      { numRuns: 1500 },
    );
  });

  it('sending any body gets an answer in words, and leaves the archive as it was', { timeout: 60_000 }, async () => {
    const boundaries = fc.constantFrom('b', '', '"', 'b; boundary=c');
    const type = fc.oneof(
      fc.constantFrom('application/dicom', 'text/plain', '', 'multipart/related'),
      boundaries.map((boundary) => `multipart/related; type="application/dicom"; boundary=${boundary}`),
    );
    const piece = fc.oneof(
      fc.constantFrom('--b\r\n', '\r\n', '--b--', '\r\n--b', 'Content-Type: application/dicom\r\n', 'DICM', '\0'.repeat(128)),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(type, fc.array(piece, { maxLength: 12 }), async (contentType, pieces) => {
        const response = await http.ask('/studies', {
          method: 'POST',
          headers: { 'content-type': contentType },
          body: new Blob([pieces.join('')]),
        });
        await response.text();
        expect(ANSWERS.has(response.status) && response.status >= 400, `${response.status} ${contentType}`).toBe(true);
      }),
      { numRuns: 500 },
    );
    const found = (await (await http.ask('/instances')).json()) as unknown[];
    expect(found).toHaveLength(1);
  });
});
