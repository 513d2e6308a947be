import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendFiles } from '@filmless/dicom-router';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, stow } from '../support/facilities.ts';
import { type Patient, patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, ADMIN_TOKEN, type Product, ROOT, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const PATIENT: Patient = { name: 'Quỳnh^Trần Thị Xuyến', id: 'BNX4711337', birthDate: '19830917', accession: 'ACCX90210' };
const OTHER: Patient = { name: 'Zwetschge^Otto', id: 'BNZ8824466', birthDate: '19551231', accession: 'ACCZ31337' };
const STUDY = {
  study: '2.25.311220261',
  series: '2.25.311220262',
  sop: '2.25.311220263',
  studyDate: '20261101',
  studyTime: '081500',
};
const TYPED_PASSWORD = 'ThisIsWhatSomebodyTyped7';
const GUESSED_TOKEN = 'guessed-token-0a1b2c3d4e5f';

/** What nobody may find in a log: in the forms it is sent, stored, folded, shown and put into an address in. */
const SECRETS = [PATIENT, OTHER].flatMap(({ name, id, birthDate, accession }) => [
  ...name.split(/[\^ ]/).filter((word) => word.length > 3),
  id,
  birthDate,
  `${birthDate.slice(0, 4)}-${birthDate.slice(4, 6)}-${birthDate.slice(6)}`,
  accession,
]);
const FOLDED = [
  'quynh',
  'xuyen',
  'zwetschge',
  encodeURIComponent('Quỳnh').toLowerCase(),
  encodeURIComponent('Xuyến').toLowerCase(),
];

describe('the log and the support bundle', () => {
  let product: Product;
  let folder: string;
  const secrets: string[] = [...SECRETS, ADMIN_TOKEN, ADMIN_PASSWORD, TYPED_PASSWORD, GUESSED_TOKEN];

  const findings = (text: string) => {
    const lower = text.normalize('NFC').toLowerCase();
    return [...secrets.map((secret) => secret.normalize('NFC').toLowerCase()), ...FOLDED].filter((secret) =>
      lower.includes(secret),
    );
  };
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(new URL(path, product.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const lines = () =>
    product
      .log()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-privacy-'));
    product = await startProduct();
    await storeBySeveralWays();
    await searchAndView();
    await signInWellAndBadly();
  });

  afterAll(async () => {
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Good, identical, conflicting and broken ones; to a destination that is not there. */
  async function storeBySeveralWays(): Promise<void> {
    const destination = { id: 'gone', aeTitle: 'GONE', host: '127.0.0.1', port: 9, when: {} };
    expect((await product.fetch('/api/destinations', { method: 'POST', ...json(destination) })).status).toBe(201);
    const file = patientFile(PATIENT, STUDY);
    const twin = patientFile(OTHER, STUDY);
    const cut = file.subarray(0, file.length - 300);
    const renamed = patientFile(PATIENT, { ...STUDY, sop: `not a uid ${PATIENT.id}` });
    async function* files(): AsyncGenerator<Uint8Array> {
      yield* [file, file, twin, cut];
    }
    const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'CT01' };
    await sendFiles(node, files());
    for (const body of [file, twin, cut, renamed, new TextEncoder().encode(`${PATIENT.name} ${PATIENT.id}`)]) {
      await (await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(body) })).text();
    }
    await product.fetch(`/dicom-web/studies/${PATIENT.id}`, { method: 'POST', ...stow(file) });
    await product.fetch('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': PATIENT.accession },
      body: PATIENT.id,
    });
  }

  async function searchAndView(): Promise<void> {
    const query = encodeURIComponent(PATIENT.name);
    const instance = `/dicom-web/studies/${STUDY.study}/series/${STUDY.series}/instances/${STUDY.sop}`;
    const paths = [
      `/dicom-web/studies?PatientName=${query}&PatientID=${PATIENT.id}`,
      `/dicom-web/studies?PatientBirthDate=${PATIENT.birthDate}&AccessionNumber=${PATIENT.accession}`,
      `/dicom-web/studies?${query}=1`,
      `/dicom-web/studies?limit=${PATIENT.id}`,
      `/dicom-web/studies?StudyDate=${PATIENT.id}`,
      `/api/studies?q=${query}`,
      `/api/studies?name=${query}&limit=${PATIENT.id}`,
      `/view?accession=${PATIENT.accession}`,
      `/api/studies/${PATIENT.id}`,
      `/dicom-web/studies/${PATIENT.id}/metadata`,
      `/dicom-web/studies/${STUDY.study}/metadata`,
      `${instance}/frames/1`,
      `${instance}/frames/${PATIENT.id}`,
      `${instance}/rendered?window=${PATIENT.id}`,
      `${instance}/rendered`,
      `${instance}/bulk/${PATIENT.id}`,
      `/${query}`,
      `/api/${query}`,
      `/assets/${query}.js`,
      '/api/conflicts',
      '/readyz',
      '/metrics',
    ];
    for (const path of paths) {
      await (
        await product.fetch(path, { headers: { 'user-agent': PATIENT.name.normalize('NFD').replace(/[^\w]/g, '') } })
      ).arrayBuffer();
    }
    await product.fetch(`/api/aes/${PATIENT.id}`, { method: 'PUT', ...json({ title: PATIENT.name }) });
    await product.fetch('/api/users', { method: 'POST', ...json({ username: PATIENT.name }) });
  }

  async function signInWellAndBadly(): Promise<void> {
    await post('/api/session', { username: PATIENT.id, password: TYPED_PASSWORD });
    await post('/api/session', { username: 'admin', password: TYPED_PASSWORD });
    await post('/api/session', { username: TYPED_PASSWORD });
    const signedIn = await post('/api/session', { username: 'admin', password: ADMIN_PASSWORD });
    expect(signedIn.status).toBe(204);
    const cookie = /filmless=([^;]+)/.exec(signedIn.headers.getSetCookie().join())?.[1] ?? '';
    const made = (await (
      await product.fetch('/api/tokens', { method: 'POST', ...json({ name: 'script', rights: ['view'], facilities: 'all' }) })
    ).json()) as { readonly token: string };
    secrets.push(cookie, made.token);
    expect(secrets.every((secret) => secret.length >= 4)).toBe(true);
    const url = new URL('/api/session', product.url);
    await fetch(url, { headers: { cookie: `filmless=${cookie}` } });
    for (const authorization of [`Bearer ${made.token}`, `Bearer ${GUESSED_TOKEN}`, `Basic ${btoa(`admin:${TYPED_PASSWORD}`)}`]) {
      await fetch(url, { headers: { authorization } });
    }
    secrets.push(btoa(`admin:${TYPED_PASSWORD}`));
  }

  it('has the trouble of this test in it, and no patient, password, token or cookie', () => {
    const events = new Set(lines().map(({ msg }) => String(msg)));
    expect([...events]).toEqual(expect.arrayContaining(['request', 'dimse.refused', 'delivery.postponed']));
    expect(lines().length).toBeGreaterThan(30);
    expect(findings(product.log())).toEqual([]);
    // The search for them would find one.
    expect(findings(`{"msg":"${PATIENT.name}"}`)).not.toEqual([]);
  });

  it('has JSON lines with a level and a time, and of each request its id, method, route, status and milliseconds', () => {
    for (const line of lines()) {
      expect(line).toMatchObject({ level: expect.stringMatching(/^(info|warn|error)$/), msg: expect.any(String) });
      expect(Number.isNaN(Date.parse(String(line.time)))).toBe(false);
    }
    const requests = lines().filter(({ msg }) => msg === 'request');
    for (const { request, method, route, status, ms } of requests) {
      expect(request).toMatch(/^[0-9a-f-]{36}$/);
      expect(`${String(method)} ${String(status)} ${String(ms)}`).toMatch(/^(GET|POST|PUT) \d{3} [\d.]+$/);
      expect(String(route)).not.toContain(STUDY.study);
    }
    const routes = new Set(requests.map(({ route }) => route));
    expect(routes).toContain('/dicom-web/studies/:study/metadata');
    expect(routes).toContain('/api/session');
    expect(routes).not.toContain('/readyz');
  });

  it('names a request as the proxy in front did, and tells the caller', async () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const asked = await product.fetch('/api/facilities', { headers: { 'x-request-id': id } });
    expect(asked.headers.get('x-request-id')).toBe(id);
    await expect.poll(() => lines().some((line) => line.request === id && line.route === '/api/facilities')).toBe(true);
    const other = await product.fetch('/api/facilities', { headers: { 'x-request-id': PATIENT.id } });
    expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leave the house without a patient or a secret, though a log that has them is given', async () => {
    const log = join(folder, 'filmless.log');
    const bad = {
      level: 'error',
      msg: `refused "${PATIENT.name}"`,
      error: `Error: ${PATIENT.id}\n    at a.ts:1:2`,
      who: OTHER.name,
    };
    await writeFile(log, `${PATIENT.name}\n${product.log()}${JSON.stringify(bad)}\n`);
    const out = join(folder, 'support.zip');
    const { port } = new URL(product.url);
    const words = ['support', '--out', out, '--log', log, '--data', product.data, '--http-port', port];
    const made = await run(process.execPath, [MAIN, ...words], {
      env: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN, FILMLESS_ADMIN_PASSWORD: ADMIN_PASSWORD },
    });
    expect([made.code, made.stderr]).toEqual([0, '']);
    const files = unzipSync(new Uint8Array(await readFile(out)));
    const texts = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name.replace('filmless-support/', ''), strFromU8(bytes)]),
    );
    expect(findings(Object.values(texts).join('\n'))).toEqual([]);
    expect(JSON.parse(texts['databases.json'] ?? '')).toMatchObject({
      access: { schemaVersion: expect.any(Number), rows: { account: 1 } },
      index: { rows: { instance: 1 } },
    });
    expect(JSON.parse(texts['readyz.json'] ?? '')).toMatchObject({ problems: [] });
    expect(JSON.parse(texts['configuration.json'] ?? '')).toMatchObject({ adminToken: 'set', adminPassword: 'set' });
    expect(texts['metrics.txt']).toContain('filmless_stores_total{outcome="stored"} 1');
    expect(texts['log.jsonl']?.split('\n').length).toBeGreaterThan(30);
    const again = await run(process.execPath, [MAIN, ...words]);
    expect([again.code, again.stderr.includes('is there already')]).toEqual([2, true]);
  });
});
