import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { orderBody, send } from '../support/orders.ts';

let http: TestHttp;

beforeAll(async () => {
  http = await openTestHttp();
  expect((await send(http, 'POST', '/api/orders', orderBody())).status).toBe(201);
});

afterAll(async () => {
  await http[Symbol.asyncDispose]();
});

const ANSWERS: ReadonlySet<number> = new Set([200, 201, 204, 400, 404, 409, 412, 413]);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '\\',
    '=',
    '^^^^^^',
    '..',
    "'--",
    '%',
    '%2F',
    'ễ'.repeat(64),
    '1970',
    '2026-03-01T08:00',
  ),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, -1, 1e308, [], {}, [[]]),
  fc.jsonValue({ maxDepth: 3 }),
);
const field = fc.constantFrom(
  'accessionNumber',
  'priority',
  'facility',
  'patient',
  'studyInstanceUid',
  'requestedProcedureId',
  'description',
  'clinicalInfo',
  'weight',
  'ext',
  'steps',
  'version',
  '__proto__',
  'constructor',
  'toString',
);
/** A body with some fields replaced by anything, as text: `__proto__` is a key like another there. */
const body = fc.array(fc.tuple(field, value), { maxLength: 3 }).map((fields) => {
  const entries = Object.entries(orderBody({ accessionNumber: 'H1' })).filter(([key]) => !fields.some(([name]) => name === key));
  return `{${[...entries, ...fields].map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`;
});
const patient = fc.record({ id: text, name: text, birthDate: value, sex: value, otherIds: value }, { requiredKeys: [] });
const step = fc.record({ id: value, modality: text, stationAeTitle: text, start: text, room: value }, { requiredKeys: [] });
const inner = fc
  .record({ patient, steps: fc.array(step, { maxLength: 3 }) })
  .map((fields) => JSON.stringify(orderBody({ accessionNumber: 'H2', ...fields })));
const anything = fc.oneof(body, inner, fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 40 }));

async function answers(method: string, path: string, text_: string | undefined): Promise<void> {
  const response = await http.ask(path, {
    method,
    ...(text_ === undefined ? {} : { body: text_, headers: { 'content-type': 'application/json' } }),
  });
  const said = await response.text();
  expect(ANSWERS.has(response.status), `${method} ${path} ${response.status} ${said}`).toBe(true);
  if (response.status >= 400) {
    expect(JSON.parse(said)).toMatchObject({ status: response.status, detail: expect.any(String) });
  }
}

describe('orders asked for and sent by anybody', () => {
  it('are taken or refused in words, whatever the body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('POST', 'PUT'), anything, async (method, sent) => {
        await answers(method, method === 'POST' ? '/api/orders' : '/api/orders/A1', sent);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('are searched or refused in words, whatever the question', async () => {
    const key = fc.constantFrom(
      'accessionNumber',
      'patientId',
      'name',
      'modality',
      'station',
      'from',
      'to',
      'state',
      'limit',
      'after',
      'facility',
      'sort',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, text), { maxLength: 5 }), async (pairs) => {
        const query = pairs.map(([name, one]) => `${name}=${encodeURIComponent(one.toWellFormed())}`).join('&');
        await answers('GET', `/api/orders?${query}`, undefined);
        await answers('GET', `/api/unmatched?${query}`, undefined);
        await answers('GET', `/api/performed-steps?${query}`, undefined);
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('are named in a path by anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'DELETE'), text, async (method, number) => {
        const path = encodeURIComponent(number.toWellFormed());
        await answers(method, `/api/orders/${path === '' || path.startsWith('.') ? 'x' : path}`, undefined);
        await answers('POST', '/api/studies/1.2.3/order', JSON.stringify({ accessionNumber: number }));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('keep what they take as it was sent', async () => {
    const plain = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((one) => !/[\p{Cc}\\=^]/u.test(one) && one.trim() !== '');
    let number = 0;
    await fc.assert(
      fc.asyncProperty(plain, fc.jsonValue({ maxDepth: 3 }), async (name, ext) => {
        number += 1;
        const sent = orderBody({ accessionNumber: `K${number}`, patient: { id: 'P1', name }, ext: { ext } });
        const response = await send(http, 'POST', '/api/orders', sent);
        if (response.status === 400) {
          // Only for its length: NFC may need more characters than were typed.
          expect(await response.text()).toMatch(/at most 64 fit/);
          return;
        }
        const kept = (await (await http.ask(`/api/orders/K${number}`)).json()) as { patient: { name: string }; ext: unknown };
        expect(kept.patient.name).toBe(name.normalize('NFC').replace(/\s+/g, ' ').trim());
        expect(kept.ext).toEqual(JSON.parse(JSON.stringify({ ext })));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
