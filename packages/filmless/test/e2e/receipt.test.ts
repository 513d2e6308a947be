// needs: dcmtk, python, orthanc, chromium
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, firstText, newUid, TAG } from '@filmless/dicom';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { openPage, startBrowser } from '../support/browser.ts';
import { Modality } from '../support/modality.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { patientFile } from '../support/patient.ts';
import { begun, completed } from '../support/performed-messages.ts';
import { ADMIN_PASSWORD, ADMIN_TOKEN, type Product, ROOT, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';
import { freePort, listening } from '../support/storescp.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const NAME = 'Nguyễn^Văn An';
const DAY = new Date().toLocaleDateString('sv-SE');
const DICOM_DAY = DAY.replaceAll('-', '');
const SLOW = { timeout: 60_000, interval: 300 };

/** A workstation made of pynetdicom, that cannot understand the first instance it is sent. */
async function startWorkstation(folder: string): Promise<{ readonly port: number } & AsyncDisposable> {
  const port = await freePort();
  await mkdir(folder);
  await writeFile(join(folder, 'contexts'), `${CT} ${EXPLICIT_VR_LITTLE_ENDIAN}\n`);
  const script = join(ROOT, 'packages', 'dicom-router', 'test', 'interop', 'peers', 'scp.py');
  const child = spawn(PYTHON, [script, String(port), folder, 'C000'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await listening(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.stdin?.end();
      await ended;
    },
  };
}

async function change(product: Product, method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(path, { method, body: JSON.stringify(body), headers });
  expect(response.ok, await response.clone().text()).toBe(true);
}

/** Orthanc calls the product where it listens now. */
async function introduce(orthanc: Orthanc, product: Product): Promise<void> {
  const response = await fetch(`${orthanc.url}/modalities/filmless`, {
    method: 'PUT',
    body: JSON.stringify({ AET: product.aeTitle, Host: '127.0.0.1', Port: product.dicomPort }),
  });
  expect(response.ok).toBe(true);
}

async function send(product: Product, folder: string, files: readonly Uint8Array[]): Promise<void> {
  const paths: string[] = [];
  for (const file of files) {
    const path = join(folder, `${newUid()}.dcm`);
    await writeFile(path, file);
    paths.push(path);
  }
  const args = ['-aet', 'CT01', '-aec', product.aeTitle, '127.0.0.1', String(product.dicomPort), ...paths];
  const { code, stderr } = await run('/usr/bin/storescu', args);
  expect(code, stderr).toBe(0);
}

async function openList(page: Page, product: Product, words: { readonly row: string; readonly preview: string }): Promise<void> {
  await page.goto(product.url);
  await page.locator('input[name="username"]').fill('admin');
  await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  const row = page.getByRole('row').filter({ hasText: words.row });
  await row.hover();
  await row.getByRole('button', { name: words.preview }).click();
}

const VI = { row: 'Nguyễn Văn An', preview: 'Xem nhanh' };
const EN = { row: 'Nguyễn Văn An', preview: 'Preview' };
const KEYS: DataSet = {
  [TAG.AccessionNumber]: { vr: 'SH' },
  [TAG.PatientName]: { vr: 'PN' },
  [TAG.PatientID]: { vr: 'LO' },
  [TAG.StudyInstanceUID]: { vr: 'UI' },
  [TAG.RequestedProcedureID]: { vr: 'SH' },
  [TAG.ScheduledProcedureStepSequence]: {
    vr: 'SQ',
    Value: [{ [TAG.Modality]: { vr: 'CS', Value: ['CT'] }, [TAG.ScheduledProcedureStepID]: { vr: 'SH' } }],
  },
};

it('is red while one image is lost or set aside, over a restart, and says in the end that all arrived and who keeps it', {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-receipt-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const data = join(folder, 'data');
  const config = 'aes: [{ title: CT01, may: [echo, store, query], facility: main }]\nstudyQuiet: 3\n';
  await using workstation = await startWorkstation(join(folder, 'workstation'));
  await using browser = await startBrowser();
  const images = [newUid(), newUid(), newUid()];
  const [step, series] = [newUid(), newUid()];
  const wanted = images.map((uid) => [CT, uid] as const);
  const patient = { name: NAME, id: 'W001', birthDate: '19700101', accession: 'WL001' };
  let study = '';
  const fileOf = (sop: string) => patientFile(patient, { study, series, sop, studyDate: DICOM_DAY, studyTime: '080600' });
  const receipt = async (product: Product): Promise<unknown> => {
    const response = await product.fetch(`/api/studies/${study}/receipt`);
    return await response.json();
  };
  let orthanc: Orthanc;
  await using peers = new AsyncDisposableStack();
  const lost = {
    state: 'problem',
    missing: 1,
    told: [
      { by: 'mpps', from: 'CT01', count: 3 },
      { by: 'commitment', from: 'CT01', count: 3 },
    ],
    sent: [{ callingAe: 'CT01', user: null, count: 2 }],
    safe: 2,
    indexed: 2,
    conflicts: 0,
    refused: 0,
    commitment: { asked: 3, granted: 2, refused: 1, reportedAt: expect.any(String) },
    deliveries: [
      { destination: 'orthanc', delivered: 2, waiting: 0, aside: 0, confirmed: 2 },
      {
        destination: 'workstation',
        delivered: 1,
        waiting: 0,
        aside: 1,
        confirmed: null,
        problem: expect.stringContaining('C000'),
      },
    ],
  };

  {
    await using product = await startProduct({ config, data });
    orthanc = peers.use(await startOrthanc({ name: 'filmless', aeTitle: product.aeTitle, port: product.dicomPort }));
    const node = { kind: 'dicom', host: '127.0.0.1', when: {}, enabled: true };
    await change(product, 'POST', '/api/destinations', {
      ...node,
      id: 'orthanc',
      aeTitle: 'ORTHANC',
      port: orthanc.dicomPort,
      commitment: true,
    });
    await change(product, 'POST', '/api/destinations', {
      ...node,
      id: 'workstation',
      aeTitle: 'PYNETDICOM',
      port: workstation.port,
    });
    await change(product, 'POST', '/api/orders', {
      accessionNumber: 'WL001',
      patient: { id: 'W001', name: NAME, birthDate: '1970-01-01', sex: 'M' },
      description: 'CT ngực',
      steps: [{ id: 'SPS1', modality: 'CT', stationAeTitle: 'CT01', start: `${DAY}T08:00:00` }],
    });

    // Three images are made and told of, two arrive; one of these the workstation cannot understand.
    const scanner = new Modality(product, 'CT01');
    const [item = {}] = await scanner.worklist(KEYS);
    study = firstText(item, TAG.StudyInstanceUID) ?? '';
    expect(await scanner.begin(step, begun(item))).toBe(0);
    await send(product, folder, images.slice(0, 2).map(fileOf));
    expect(await scanner.change(step, completed(series, images))).toBe(0);
    await scanner.commit('2.25.9101', wanted);
    await expect.poll(() => receipt(product), SLOW).toMatchObject(lost);
    const watched = await openPage(browser, { width: 1366, height: 900 });
    await openList(watched.page, product, VI);
    const panel = watched.page.locator('.receipt');
    await panel.getByText('Đừng xóa ảnh trên máy chụp. Hãy gửi lại ca chụp từ máy.').waitFor();
    const aside = panel.getByRole('link', { name: 'Không gửi được tới workstation' });
    expect(await aside.getAttribute('href')).toBe('/admin/queues?at=workstation&state=aside');
    await watched.page.getByRole('row').filter({ hasText: VI.row }).getByText('Thiếu 1 ảnh').waitFor();
    await watched.shoot('receipt-missing');
    await watched.page.goto(`${product.url}/orders/receipts`);
    await watched.page.getByRole('button', { name: 'Biên nhận', exact: true }).click();
    await watched.page.getByRole('dialog').getByText('Chưa có trong kho').waitFor();
    await watched.shoot('receipts-list-dialog');
    await watched[Symbol.asyncDispose]();
  }

  // Another start, on the same data: all of it is still known.
  await using product = await startProduct({ config, data });
  await introduce(orthanc, product);
  const scanner = new Modality(product, 'CT01');
  expect(await receipt(product)).toMatchObject(lost);
  const listed = (await (await product.fetch('/api/receipts?state=problem')).json()) as { studies: readonly unknown[] };
  expect(listed.studies).toMatchObject([{ studyInstanceUid: study, receipt: { state: 'problem', missing: 1, aside: 1 } }]);

  // The same from a terminal, which tells a program to wait.
  const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
  const filmless = (...words: readonly string[]) =>
    run(process.execPath, [MAIN, 'receipt', ...words, '--server', product.url], { env: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN } });
  expect(await filmless('WL001')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^missing +1$/m) });
  expect((await filmless()).stdout).toContain(study);

  // Somebody looks, while the lost image is sent again, and what was set aside, too.
  await using watched = await openPage(browser, { locale: 'en-GB', width: 1366, height: 900 });
  await openList(watched.page, product, EN);
  const row = watched.page.getByRole('row').filter({ hasText: EN.row });
  await row.getByText('1 image missing').waitFor();
  await watched.page.locator('.receipt').getByText('Reported by CT01').waitFor();
  await watched.shoot('receipt-missing-en');
  await send(product, folder, images.map(fileOf));
  await row.getByText('1 image not sent on').waitFor();
  await change(product, 'POST', '/api/queues/workstation/retry', { state: 'aside' });
  await scanner.commit('2.25.9102', wanted);
  await expect
    .poll(() => receipt(product), SLOW)
    .toMatchObject({
      state: 'complete',
      missing: 0,
      sent: [{ callingAe: 'CT01', count: 3 }],
      safe: 3,
      indexed: 3,
      commitment: { asked: 3, granted: 3, refused: 0, reportedAt: expect.any(String) },
      deliveries: [
        { destination: 'orthanc', delivered: 3, waiting: 0, aside: 0, confirmed: 3 },
        { destination: 'workstation', delivered: 3, waiting: 0, aside: 0, confirmed: null },
      ],
    });
  expect((await (await orthanc.get('/instances')).json()) as readonly string[]).toHaveLength(3);
  const panel = watched.page.locator('.receipt');
  await panel.getByText('All images that the machine reported are here. They may be deleted there.').waitFor();
  await panel.getByText('confirmed by the receiver').waitFor();
  await row.locator('.badge-danger').waitFor({ state: 'detached' });
  await watched.shoot('receipt-complete-en');
  expect(await filmless(study)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^delivered to orthanc +3 /m) });
  expect(((await (await product.fetch('/api/receipts')).json()) as { studies: readonly unknown[] }).studies).toEqual([]);
  await watched.page.setViewportSize({ width: 420, height: 900 });
  await watched.shoot('receipt-complete-narrow');
  await watched.page.goto(`${product.url}/orders/receipts`);
  await watched.page.getByText('All that machines reported has arrived whole.').waitFor();
  expect(watched.faults).toEqual([]);
});
