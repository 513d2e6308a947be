// needs: chromium, dcmtk
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShapedLine } from '../../../dicom-router/test/shaped-line.ts';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { type DepartmentStudy, departmentStudy, writeStudy } from '../support/department-study.ts';
import { json, stow } from '../support/facilities.ts';
import { type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';

/** 2 Mbit/s, of which the rule takes a little less, and 150 ms there and back. */
const LINE = { bytesPerSecond: 250_000, roundTripMs: 150 };
const OURS = { bytesPerSecond: 230_000 };

const UPPER = `facilities:
  - { id: main, name: Bệnh viện Đa khoa tỉnh Mẫu, patientIdIssuer: TINHMAU }
  - { id: clinic, name: Phòng khám Mẫu, patientIdIssuer: PKMAU }
`;
const LOWER = `facilities:
  - { id: main, name: Bệnh viện Đa khoa huyện Mẫu, patientIdIssuer: HUYENMAU }
`;
const SITE = 'BVĐK tỉnh Mẫu';
const RULES = `rules:
  - name: cấp cứu
    when: { tags: { RequestingService: "*cap cuu*" } }
    then: [{ send: { to: tinh, class: emergency, syntax: jpeg-ls-lossless, basis: cấp cứu } }]
  - name: CT của Khoa Ngoại lên tuyến trên
    when: { tags: { Modality: CT, RequestingService: "Khoa Ngoại*" } }
    then: [{ send: { to: tinh, basis: hội chẩn, evidence: "HĐ 12/2026" } }]
  - name: chuyển kho cũ
    when: { callingAe: KHOCU }
    then: [{ send: { to: tinh, class: backfill, basis: chuyển tuyến } }]
`;
const DOCTOR = { username: 'bacsi.tinh', password: 'mot bac si doc phim o tinh' };
/** The browser writes to its console what was refused. */
const REFUSED = /status of (401|403|404)/;

const SURGICAL = departmentStudy({ seed: 'ngoai 1', patient: 'Đỗ^Thị Dương', department: 'Khoa Ngoại tổng hợp', slices: 6 });
const SURGICAL_TOO = departmentStudy({ seed: 'ngoai 2', patient: 'Lý^Văn Tám', department: 'Khoa Ngoại', slices: 2 });
const MEDICAL = departmentStudy({ seed: 'noi 1', patient: 'Vũ^Đăng Khoa', department: 'Khoa Nội', slices: 2 });
const MAGNETIC = departmentStudy({
  ...{ seed: 'ngoai mr', patient: 'Hồ^Thị Lan', department: 'Khoa Ngoại tổng hợp', modality: 'MR', slices: 2 },
});
const OF_THE_CLINIC = departmentStudy({ seed: 'pk 1', patient: 'Mai^Văn Út', department: 'Phòng khám', slices: 1 });
const OLD = departmentStudy({ seed: 'kho', patient: 'Ngô^Văn Cũ', department: 'Kho', slices: 12, size: 512, noise: true });
const EMERGENCY = departmentStudy({ seed: 'cap cuu', patient: 'Trần^Thị Gấp', department: 'Khoa Cấp cứu', slices: 3 });

describe('two hospitals with a slow line between them', () => {
  let folder: string;
  let upper: Product;
  let lower: Product;
  let line: ShapedLine;
  let key: string;
  let browser: Browser;
  let doctor: WatchedPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-hospitals-'));
    [upper, lower] = await Promise.all([startProduct({ config: UPPER }), startProduct({ config: LOWER })]);
    line = await ShapedLine.open({ target: Number(new URL(upper.url).port), ...LINE });
    const post = async (product: Product, path: string, body: object) => {
      const response = await product.fetch(path, { method: 'POST', ...json(body) });
      expect(response.status, path).toBe(201);
      return (await response.json()) as { readonly token?: string };
    };
    const { token = '' } = await post(upper, '/api/tokens', { name: 'BVĐK huyện Mẫu', rights: ['upload'], facilities: ['main'] });
    key = token;
    const clinic = await post(upper, '/api/tokens', { name: 'Phòng khám', rights: ['upload'], facilities: ['clinic'] });
    await post(upper, '/api/users', { ...DOCTOR, displayName: 'Bác sĩ tỉnh', role: 'doctor', facilities: ['main'] });
    const [clinicFile = new Uint8Array()] = OF_THE_CLINIC.files;
    const deposited = stow(clinicFile);
    const headers = { ...deposited.headers, authorization: `Bearer ${clinic.token}` };
    expect((await fetch(`${upper.url}/dicom-web/studies`, { method: 'POST', ...deposited, headers })).status).toBe(200);
    const url = `http://127.0.0.1:${line.port}`;
    await post(lower, '/api/destinations', { id: 'tinh', kind: 'filmless', url, token: key, site: SITE, line: OURS });
    expect((await lower.fetch('/api/rules', { method: 'PUT', body: RULES })).status).toBe(200);
    browser = await startBrowser();
    doctor = await openPage(browser);
  });

  afterAll(async () => {
    await browser.close();
    await Promise.all([lower[Symbol.asyncDispose](), upper[Symbol.asyncDispose]()]);
    await line[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** With DCMTK, as a machine of the lower hospital. */
  const send = async (title: string, study: DepartmentStudy) => {
    const files = await writeStudy(join(folder, study.study), study);
    const where = ['-aet', title, '-aec', lower.aeTitle, '127.0.0.1', String(lower.dicomPort)];
    const sent = await run('/usr/bin/storescu', [...where, '+sd', files]);
    expect(sent.code, sent.stderr).toBe(0);
  };
  const studiesThere = async () => {
    const found = (await (await upper.fetch('/dicom-web/studies')).json()) as readonly object[];
    return new Set(JSON.stringify(found).match(/2\.25\.\d+/g));
  };
  const queue = async () => {
    const { queues } = (await (await lower.fetch('/api/queues')).json()) as { readonly queues: readonly Queue[] };
    return queues[0] ?? { done: -1, queued: -1, sending: -1, aside: -1 };
  };

  it('bring every CT of the department that the rule names to the other, and nothing else', async () => {
    for (const study of [SURGICAL, MEDICAL, MAGNETIC, SURGICAL_TOO]) {
      await send(study === MAGNETIC ? 'MR01' : 'CT01', study);
    }
    const instances = SURGICAL.instances.length + SURGICAL_TOO.instances.length;
    await expect.poll(queue, { timeout: 60_000 }).toMatchObject({ done: instances, queued: 0, sending: 0, aside: 0 });
    expect(await studiesThere()).toEqual(new Set([SURGICAL.study, SURGICAL_TOO.study, OF_THE_CLINIC.study]));
    const there = await upper.fetch(`/dicom-web/studies/${SURGICAL.study}/instances`);
    expect(await there.json()).toHaveLength(SURGICAL.instances.length);
  });

  it('let a doctor of the other open it in a browser', async () => {
    const { page } = doctor;
    await page.goto(upper.url);
    await page.locator('input[name="username"]').fill(DOCTOR.username);
    await page.locator('input[type="password"]').fill(DOCTOR.password);
    await page.keyboard.press('Enter');
    await page.getByText(SURGICAL.name).first().waitFor();
    await doctor.shoot('two-hospitals-worklist');
    expect(await page.locator('tr.study').count()).toBe(2);
    await page.getByRole('searchbox').fill('do thi duong');
    await expect.poll(() => page.locator('tr.study').count()).toBe(1);
    await page.keyboard.press('Enter');
    const count = () => page.locator('[data-viewport="1"]').getAttribute('data-image-count');
    await expect.poll(count, { timeout: 30_000 }).toBe(String(SURGICAL.instances.length));
    await expect.poll(() => spreadOf(page, '[data-viewport="1"] canvas'), { timeout: 30_000 }).toBeGreaterThan(10);
    await doctor.shoot('two-hospitals-ct');
  });

  it.each([
    ['another patient of the lower hospital', MEDICAL],
    ['another kind of image of the same department', MAGNETIC],
    ['a patient of another facility of her own hospital', OF_THE_CLINIC],
  ])('show her nothing of %s', async (_, study) => {
    const { page } = doctor;
    await page.goto(upper.url);
    await page.getByText(SURGICAL.name).first().waitFor();
    expect(await page.getByText(study.name).count()).toBe(0);
    const asked = async (path: string) => {
      const response = await page.request.get(`${upper.url}${path}`);
      return [response.status(), response.ok() ? await response.json() : undefined];
    };
    expect(await asked(`/api/studies?q=${encodeURIComponent(study.name)}`)).toMatchObject([200, { studies: [] }]);
    expect(await asked(`/dicom-web/studies?PatientID=${study.patientId}`)).toEqual([200, []]);
    expect(await asked(`/dicom-web/studies?StudyInstanceUID=${study.study}`)).toEqual([200, []]);
    expect(await asked(`/dicom-web/studies/${study.study}/instances`)).toEqual([200, []]);
    expect(await asked(`/dicom-web/studies/${study.study}/metadata`)).toEqual([404, undefined]);
    expect(await asked(`/dicom-web/studies/${study.study}/rendered`)).toEqual([404, undefined]);
    await page.goto(`${upper.url}/view?study=${study.study}`);
    await page
      .getByText(/không (tìm thấy|có)/i)
      .first()
      .waitFor();
    expect(await page.locator('[data-viewport="1"] canvas').count()).toBe(0);
  });

  it('give the key of a site no right to see anything', async () => {
    for (const path of ['/dicom-web/studies', `/dicom-web/studies/${SURGICAL.study}/metadata`, '/api/studies']) {
      const response = await fetch(`${upper.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
      expect(response.status, path).toBe(403);
    }
    expect(doctor.faults.filter((fault) => !REFUSED.test(fault))).toEqual([]);
  });

  it('bring the first byte of an emergency over within 3 s, while a backfill fills the line', async () => {
    let passed = 0;
    let seenAt: number | undefined;
    const uids = EMERGENCY.instances.map((uid) => Buffer.from(uid));
    line.watch = (bytes) => {
      passed += bytes.byteLength;
      const piece = Buffer.from(bytes);
      seenAt ??= uids.some((uid) => piece.includes(uid)) ? performance.now() : undefined;
    };
    await send('KHOCU', OLD);
    await expect.poll(() => passed, { timeout: 30_000 }).toBeGreaterThan(400_000);
    const before = await queue();
    const began = performance.now();
    await send('CT01', EMERGENCY);
    const storedMs = performance.now() - began;
    await expect.poll(async () => (await studiesThere()).has(EMERGENCY.study), { timeout: 30_000 }).toBe(true);
    const afterMs = (seenAt ?? Number.POSITIVE_INFINITY) - began;
    const left = await queue();
    console.info(JSON.stringify({ emergencyFirstByteMs: Math.round(afterMs), ofIt: { sendingMs: Math.round(storedMs) } }));
    expect(afterMs).toBeLessThan(3000);
    // It did not wait until the backfill was through.
    expect(left.queued + left.sending).toBeGreaterThan(OLD.instances.length / 3);
    expect(left.done - before.done).toBeLessThan(EMERGENCY.instances.length + OLD.instances.length / 2);
    await doctor.page.goto(upper.url);
    await doctor.page.getByText(EMERGENCY.name).first().waitFor();
  });

  it('leave a line in the audit trail for each study that was shared, with the site and the legal basis', async () => {
    const { lines } = (await (await lower.fetch('/api/audit?limit=200')).json()) as { readonly lines: readonly AuditLine[] };
    const shares = lines.filter(({ action }) => action === 'study.send');
    const said = (study: DepartmentStudy) =>
      shares.filter(({ studyInstanceUid }) => studyInstanceUid === study.study).map(({ detail }) => detail);
    expect(said(SURGICAL)).toEqual([`to ${SITE} (destination tinh), legal basis: consultation, HĐ 12/2026`]);
    expect(said(SURGICAL_TOO)).toHaveLength(1);
    expect(said(EMERGENCY)).toEqual([`to ${SITE} (destination tinh), legal basis: emergency`]);
    expect(said(OLD)).toEqual([`to ${SITE} (destination tinh), legal basis: referral`]);
    expect(shares).toHaveLength(4);
  });
});

interface Queue {
  readonly queued: number;
  readonly sending: number;
  readonly done: number;
  readonly aside: number;
}

interface AuditLine {
  readonly action: string;
  readonly studyInstanceUid?: string;
  readonly detail?: string;
}
