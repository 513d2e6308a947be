// needs: dcmtk, python, chromium
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, firstText, newUid, TAG } from '@filmless/dicom';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPage, startBrowser } from '../support/browser.ts';
import { Modality } from '../support/modality.ts';
import { patientFile } from '../support/patient.ts';
import { begun, completed } from '../support/performed-messages.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';
import { freePort } from '../support/storescp.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const NAME = 'Nguyễn^Văn An';

/** Today, where the product runs. */
function today(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

const DAY = today();
const DICOM_DAY = DAY.replaceAll('-', '');

async function makeOrder(product: Product, accessionNumber: string, station: string): Promise<void> {
  const response = await product.fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      accessionNumber,
      patient: { id: 'W001', name: NAME, birthDate: '1970-01-01', sex: 'M' },
      description: 'CT ngực',
      steps: [{ id: 'SPS1', modality: 'CT', stationAeTitle: station, start: `${DAY}T08:00:00` }],
    }),
  });
  expect(response.status, await response.clone().text()).toBe(201);
}

interface OrderAnswer {
  readonly state: string;
  readonly steps: readonly { readonly state: string }[];
  readonly performed: readonly { readonly state: string; readonly instances: number }[];
  readonly study: { readonly instances: number } | null;
}

async function order(product: Product): Promise<OrderAnswer> {
  return (await (await product.fetch('/api/orders/WL001')).json()) as OrderAnswer;
}

interface StudyAnswer {
  readonly completeness: { readonly state: string; readonly expected: number | null; readonly received: number };
}

/** The study as the list shows it; undefined before its first image. */
async function study(product: Product, uid: string): Promise<StudyAnswer | undefined> {
  const response = await product.fetch(`/api/studies?StudyInstanceUID=${uid}`);
  expect(response.status, await response.clone().text()).toBe(200);
  const { studies } = (await response.json()) as { readonly studies: readonly StudyAnswer[] };
  return studies[0];
}

/** The keys of a scanner that asks for its own day. */
function askFor(station: string): DataSet {
  return {
    [TAG.AccessionNumber]: { vr: 'SH' },
    [TAG.PatientName]: { vr: 'PN' },
    [TAG.PatientID]: { vr: 'LO' },
    [TAG.StudyInstanceUID]: { vr: 'UI' },
    [TAG.RequestedProcedureID]: { vr: 'SH' },
    [TAG.ScheduledProcedureStepSequence]: {
      vr: 'SQ',
      Value: [
        {
          [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
          [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: [station] },
          [TAG.ScheduledProcedureStepStartDate]: { vr: 'DA', Value: [DICOM_DAY] },
          [TAG.ScheduledProcedureStepID]: { vr: 'SH' },
        },
      ],
    },
  };
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

/** What the list on the screen says of the images of its only study, without anybody loading it again. */
interface WatchedList extends AsyncDisposable {
  says(words: string): Promise<void>;
  /** All is well. */
  saysNothing(): Promise<void>;
}

async function openList(product: Product): Promise<WatchedList> {
  const browser = await startBrowser();
  const { page } = await openPage(browser);
  await page.goto(product.url);
  await page.locator('input[name="username"]').fill('admin');
  await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox').waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Nguyễn Văn An' });
  const sign = row.locator('.arriving, .incomplete');
  return {
    says: (words) => sign.filter({ hasText: words }).waitFor(),
    async saysNothing() {
      await sign.waitFor({ state: 'detached' });
      await row.waitFor();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

describe('a day at a modality', () => {
  it('from the worklist to images that are safe, the list right at each step', { timeout: 240_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-day-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const listen = await freePort();
    const aes = [
      `{ title: CT01, host: 127.0.0.1, port: ${listen}, may: [echo, store, query], facility: main }`,
      '{ title: CT02, may: [echo, store, query], facility: main, worklist: { modalities: [CT], days: 0 } }',
    ];
    await using product = await startProduct({ config: `aes: [${aes.join(', ')}]\nstudyQuiet: 3\n` });
    await using list = await openList(product);
    const scanner = new Modality(product, 'CT01');

    // The orders of the day: each scanner sees its own.
    await makeOrder(product, 'WL001', 'CT01');
    await makeOrder(product, 'WL002', 'CT02');
    const [item = {}, ...others] = await scanner.worklist(askFor('CT01'));
    expect(others).toEqual([]);
    expect(firstText(item, TAG.AccessionNumber)).toBe('WL001');
    expect(firstText(item, TAG.PatientName)).toBe(NAME);
    const studyUid = firstText(item, TAG.StudyInstanceUID) ?? '';
    const elsewhere = await new Modality(product, 'CT02').worklist(askFor('CT02'));
    expect(elsewhere.map((one) => firstText(one, TAG.AccessionNumber))).toEqual(['WL002']);
    expect(await order(product)).toMatchObject({ state: 'SCHEDULED', performed: [], study: null });

    // The examination begins.
    const step = newUid();
    expect(await scanner.begin(step, begun(item))).toBe(0);
    expect(await order(product)).toMatchObject({
      state: 'IN_PROGRESS',
      steps: [{ state: 'IN_PROGRESS' }],
      performed: [{ state: 'IN PROGRESS', instances: 0 }],
    });

    // Three images are made, two arrive.
    const series = newUid();
    const images = [newUid(), newUid(), newUid()];
    const patient = { name: NAME, id: 'W001', birthDate: '19700101', accession: 'WL001' };
    const files = images.map((sop) =>
      patientFile(patient, { study: studyUid, series, sop, studyDate: DICOM_DAY, studyTime: '080600' }),
    );
    await send(product, folder, files.slice(0, 2));
    expect((await study(product, studyUid))?.completeness).toMatchObject({ state: 'arriving', received: 2 });
    await list.says('Đang nhận');
    expect(await order(product)).toMatchObject({ state: 'IN_PROGRESS', study: { instances: 2 } });

    // The machine is done, and names all three.
    expect(await scanner.change(step, completed(series, images))).toBe(0);
    expect(await order(product)).toMatchObject({
      state: 'COMPLETED',
      steps: [{ state: 'COMPLETED' }],
      performed: [{ state: 'COMPLETED', instances: 3 }],
    });
    await list.says('2/3 ảnh');
    expect((await study(product, studyUid))?.completeness).toMatchObject({ state: 'incomplete', expected: 3, received: 2 });
    expect(await scanner.change(step, completed(series, images))).toBe(0x0110);
    expect(await scanner.worklist(askFor('CT01'))).toEqual([]);

    // It asks whether it may delete them: not the one that was lost.
    const wanted = images.map((uid) => [CT, uid] as const);
    const lost = images[2] ?? '';
    const refused = await scanner.commit('2.25.9001', wanted);
    expect(refused).toMatchObject([{ type: 2, committed: images.slice(0, 2), failed: [[lost, 0x0112]] }]);
    const listed = (await (await product.fetch('/api/commitments')).json()) as { readonly commitments: readonly unknown[] };
    expect(listed.commitments).toMatchObject([{ aeTitle: 'CT01', state: 'reported', asked: 3, granted: 2, refused: 1 }]);

    // It sends the lost one again, asks again, and leaves: it is called, and may delete them now.
    await send(product, folder, files.slice(2));
    expect(await scanner.commit('2.25.9002', wanted, listen)).toMatchObject([{ type: 1, committed: images, failed: [] }]);
    await list.saysNothing();
    expect((await study(product, studyUid))?.completeness).toMatchObject({ state: 'complete', expected: 3, received: 3 });
    expect(await order(product)).toMatchObject({ state: 'COMPLETED', study: { instances: 3 } });
  });
});
