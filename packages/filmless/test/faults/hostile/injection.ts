import type { Product } from '../../support/product.ts';
import { operations } from './api-document.ts';
import { HOSTILE_SEGMENTS, HOSTILE_TEXTS } from './hostile-values.ts';
import { complaint, HttpClient, type Question, sayRaw } from './http-client.ts';

/** The routes of PS3.18 that the product has, and what may be asked of them. */
const DICOMWEB: readonly (readonly [method: string, path: string, query: readonly string[]])[] = [
  [
    'GET',
    '/dicom-web/studies',
    ['PatientName', 'PatientID', 'StudyDate', '00080061', 'includefield', 'limit', 'offset', 'fuzzymatching', 'X'],
  ],
  ['GET', '/dicom-web/series', ['Modality', '00081199.00081155', 'includefield', 'limit']],
  ['GET', '/dicom-web/instances', ['SOPInstanceUID', 'Rows', 'InstanceNumber', 'includefield']],
  ['GET', '/dicom-web/studies/{study}', ['accept']],
  ['DELETE', '/dicom-web/studies/{study}', []],
  ['GET', '/dicom-web/studies/{study}/metadata', ['accept']],
  ['GET', '/dicom-web/studies/{study}/series', ['Modality', 'limit']],
  ['GET', '/dicom-web/studies/{study}/series/{series}', []],
  ['GET', '/dicom-web/studies/{study}/series/{series}/instances/{instance}', ['accept']],
  [
    'GET',
    '/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered',
    ['window', 'viewport', 'quality', 'accept'],
  ],
  ['GET', '/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}', []],
  ['GET', '/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{tag}', []],
  ['GET', '/dicom-web/studies/{study}/thumbnail', ['viewport']],
  [
    'GET',
    '/dicom-web/wado',
    ['requestType', 'studyUID', 'seriesUID', 'objectUID', 'contentType', 'frameNumber', 'rows', 'windowCenter'],
  ],
  ['POST', '/dicom-web/studies/{study}', []],
  ['GET', '/fhir/{type}/{id}', ['_count', 'identifier', 'patient']],
  ['GET', '/assets/{file}', []],
  ['GET', '/{page}', []],
];

export interface InjectionFigures {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

const AT_ONCE = 8;

/** Puts every hostile text into every parameter of every route, one at a time; `kept` stands in the others' place. */
export async function inject(product: Product, kept: Readonly<Record<string, string>>): Promise<InjectionFigures> {
  const questions = [...(await routes(product))].flatMap((route) => injections(route, kept));
  const statuses = new Map<string, number>();
  const faults: string[] = [];
  let next = 0;
  using client = new HttpClient(product);
  const worker = async () => {
    for (let question = questions[next++]; question !== undefined && faults.length < 20; question = questions[next++]) {
      const answer = await client.ask(question);
      statuses.set(String(answer.status), (statuses.get(String(answer.status)) ?? 0) + 1);
      const words = complaint(answer) ?? leaked(answer.body);
      if (words !== undefined) {
        faults.push(`${question.method} ${question.path.slice(0, 160)}: ${words}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { requests: questions.length, statuses: Object.fromEntries([...statuses].sort()), faults };
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
}

async function routes(product: Product): Promise<readonly Route[]> {
  const own = await operations(product);
  // A stream of events has no end to wait for.
  const ended = own.filter(({ path }) => path !== '/api/events' && path !== '/api/session');
  return [...ended, ...DICOMWEB.map(([method, path, query]) => ({ method, path, query }))];
}

function injections({ method, path, query }: Route, kept: Readonly<Record<string, string>>): readonly Question[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = (other: string, value: string) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => (name === other ? value : (kept[name] ?? 'x')));
  const texts = HOSTILE_TEXTS.map((text) => encodeURIComponent(text.toWellFormed()));
  const body = method === 'POST' || method === 'PUT' ? Buffer.from('{}') : undefined;
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const question = (where: string): Question => ({ method, path: where, headers, ...(body === undefined ? {} : { body }) });
  const inPath = names.flatMap((name) => [...texts, ...HOSTILE_SEGMENTS].map((value) => question(filled(name, value))));
  // A DELETE of what exists is no attack.
  const plain = method === 'DELETE' ? '' : filled('', '');
  const inQuery = query.flatMap((name) =>
    plain === '' ? [] : [...texts, ...HOSTILE_SEGMENTS].map((value) => question(`${plain}?${name}=${value}&${name}=${value}`)),
  );
  const names2 = plain === '' ? [] : [...texts, ...HOSTILE_SEGMENTS].map((value) => question(`${plain}?${value}=1`));
  return [...inPath, ...inQuery, ...names2];
}

/** Something of the machine that no answer may hold. */
function leaked(body: Buffer): string | undefined {
  const text = body.toString('latin1', 0, 100_000);
  return /root:x:0:0|SQLITE_|sqlite error|ENOENT|EISDIR|ENAMETOOLONG/i.test(text)
    ? `names what it should not: ${text.slice(0, 300)}`
    : undefined;
}

const HOST = 'Host: 127.0.0.1\r\n';

/** Requests that are none, each on a connection of its own, by what is wrong with them. */
const BROKEN_REQUESTS: Readonly<Record<string, string>> = {
  'a header flood': `GET /healthz HTTP/1.1\r\n${HOST}${'x: y\r\n'.repeat(50_000)}\r\n`,
  'a long header': `GET /healthz HTTP/1.1\r\n${HOST}x: ${'y'.repeat(100_000)}\r\n\r\n`,
  'a long address': `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`,
  'a NUL in a header': `GET /healthz HTTP/1.1\r\n${HOST}x: a\0b\r\n\r\n`,
  'a bare line feed': `GET /healthz HTTP/1.1\nHost: 127.0.0.1\nx: y\n\n`,
  'two lengths': `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  'a length and chunks': `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a negative length': `POST /api/session HTTP/1.1\r\n${HOST}Content-Length: -5\r\n\r\nhello`,
  'chunks of no size': `POST /api/session HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  'a chunk of any size': `POST /dicom-web/studies HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`,
  'another coding': `POST /api/session HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\nhello`,
  'a method of its own': `SPOIL /healthz HTTP/1.1\r\n${HOST}\r\n`,
  'no host': 'GET /healthz HTTP/1.1\r\n\r\n',
  'a host of its own': 'GET /api/session HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  'a host that is none': 'GET /api/session HTTP/1.1\r\nHost: 127.0.0.1:80:80/../x@y\r\n\r\n',
  'an address that is none': `GET http://[::1 HTTP/1.1\r\n${HOST}\r\n`,
  'an old version': 'GET /\r\n\r\n',
  'another protocol': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  DICOM: '\x01\x00\x00\x00\x00\xd0\x00\x01\x00\x00FILMLESS        HOSTILE         ',
  'an upgrade': `GET /api/events HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
  'an expectation': `POST /api/session HTTP/1.1\r\n${HOST}Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello`,
  ranges: `GET /assets/x HTTP/1.1\r\n${HOST}Range: bytes=${'0-1,'.repeat(2000)}0-1\r\n\r\n`,
  'a cookie': `GET /api/session HTTP/1.1\r\n${HOST}Cookie: filmless=${'%00'.repeat(1000)}; __proto__=x\r\n\r\n`,
  'a token': `GET /api/session HTTP/1.1\r\n${HOST}Authorization: Bearer ${'x'.repeat(10_000)}\r\n\r\n`,
  'credentials without a colon': `GET /api/session HTTP/1.1\r\n${HOST}Authorization: Basic ////\r\n\r\n`,
};

const QUIET_MS = 3_000;

/** What each broken request was answered with: a status, with a remark where no words came with it, or the end of the connection. */
export async function breakRequests(product: Product): Promise<Readonly<Record<string, string>>> {
  const answers = await Promise.all(
    Object.entries(BROKEN_REQUESTS).map(async ([what, text]) => {
      const heard = await sayRaw(product, Buffer.from(text, 'latin1'), QUIET_MS);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1];
      const words = /\r\ncontent-type: application\/problem\+json\r\n/i.test(heard) && /"detail":"[^"]/.test(heard);
      const answer = status === undefined ? heard.slice(0, 100) : words ? status : `${status} without words`;
      return [what, heard === '' ? 'closed' : answer] as const;
    }),
  );
  return Object.fromEntries(answers);
}
