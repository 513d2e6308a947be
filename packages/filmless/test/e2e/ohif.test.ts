// needs: chromium, nginx, ohif
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataSet, firstText, TAG } from '@filmless/dicom';
import { ctPhantom, type SampleStudy, uidFrom } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { departmentStudy } from '../support/department-study.ts';
import { type Ohif, startOhif } from '../support/ohif.ts';
import { ADMIN_PASSWORD, type Product, ROOT, startProduct } from '../support/product.ts';

/* OHIF, as it is published, in front of Filmless by the settings of `deploy/`: each transaction a reader makes with it. */

const SLICES = 24;
const CT: SampleStudy = {
  seed: 'OHIF reads',
  patient: { id: 'OHIF01', name: 'Nguyễn^Văn Ấn', birthDate: '19700101', sex: 'M' },
  at: new Date('2026-03-02T08:00:00Z'),
  accessionNumber: 'OHIF01',
  description: 'CT sọ não',
};
const STUDY = uidFrom(CT.seed, 'study');
const MR = departmentStudy({
  ...{ seed: 'OHIF lists', patient: 'Trần^Thị Bình', department: 'Khoa Nội', modality: 'MR', slices: 2, size: 64 },
});
const REPORT_OF_ANOTHER = join(ROOT, 'fixtures', 'files', 'objects', 'sr', 'reportsi.dcm');
const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.22';
/** The slice that is measured, as the page calls it. */
const MEASURED = `I:${SLICES - 1} (2/${SLICES})`;
const PATIENCE = { timeout: 60_000 };

describe('OHIF in a browser', () => {
  let product: Product;
  let ohif: Ohif;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  /** Requests to the archive that were not answered well. */
  const refused: string[] = [];
  /** What the page shows of the length, in mm. */
  let length = 0;

  beforeAll(async () => {
    product = await startProduct();
    const files = [...ctPhantom(CT, { slices: SLICES, size: 128 }).files()].map(({ bytes }) => bytes);
    for (const body of [...files, ...MR.files, new Uint8Array(await readFile(REPORT_OF_ANOTHER))]) {
      const headers = { 'content-type': 'application/dicom' };
      const stored = await product.fetch('/dicom-web/studies', { method: 'POST', headers, body: body.slice() });
      expect(stored.status, await stored.clone().text()).toBe(200);
    }
    ohif = await startOhif(product);
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    page.on('response', (response) => {
      if (response.url().includes('/dicom-web') && response.status() >= 300) {
        refused.push(`${response.status()} ${response.request().method()} ${response.url()}`);
      }
    });
  });

  afterAll(async () => {
    await browser.close();
    await ohif[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
  });

  const cy = (name: string): Locator => page.locator(`[data-cy="${name}"]`);
  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
  /** How many studies the list says that it shows. */
  const listed = (count: number) => page.getByText(`1-${count} of ${count}`).waitFor(PATIENCE);
  const image = '[data-cy="viewport-pane"] canvas';
  const picture = async (which = 0) => String(await page.evaluate(`document.querySelectorAll('${image}')[${which}].toDataURL()`));
  const shows = (text: string) => cy('viewport-overlay-bottom-right').getByText(text).waitFor(PATIENCE);
  /** Scrolls to an image as a reader does: turns the wheel, looks where that led, and turns on; OHIF may miss a turn while it draws. */
  const scrollTo = async (at: number) => {
    const text = cy('viewport-overlay-bottom-right').getByText(/\(\d+\/\d+\)/);
    const shown = async () => Number(/\((\d+)\//.exec((await text.textContent()) ?? '')?.[1]);
    const arrived = async () => {
      const from = await shown();
      if (from !== at) {
        await page.mouse.wheel(0, from < at ? 100 : -100);
        await expect
          .poll(shown, { timeout: 2_000 })
          .not.toBe(from)
          .catch(() => undefined);
      }
      return await shown();
    };
    await expect.poll(arrived, PATIENCE).toBe(at);
  };
  const openViewer = async () => {
    await page.goto(`${ohif.url}/viewer?StudyInstanceUIDs=${STUDY}`);
    await shows(`(1/${SLICES})`);
    await expect.poll(() => spreadOf(page, image), PATIENCE).toBeGreaterThan(10);
  };
  const find = async (resource: string): Promise<readonly DataSet[]> =>
    (await (await product.fetch(`/dicom-web/${resource}`)).json()) as readonly DataSet[];

  it('lists what who is signed in at Filmless may see, and narrows it by name and by modalities', async () => {
    expect((await page.request.get(`${ohif.url}/dicom-web/studies`)).status()).toBe(401);
    const signedIn = await page.request.post(`${product.url}/api/session`, {
      data: { username: 'admin', password: ADMIN_PASSWORD },
    });
    expect(signedIn.status()).toBe(204);
    await page.goto(`${ohif.url}/?modalities=CT,MR`);
    await listed(2);
    await cy('confirm-and-hide-button').click();
    await page.goto(ohif.url);
    await listed(3);
    await page.locator('input').first().fill('Nguyễn, Văn');
    await listed(1);
    await page.getByText('CT sọ não').first().click();
    // The thumbnail of its series.
    await cy('study-browser-thumbnail').locator('img').waitFor(PATIENCE);
    await watched.shoot('ohif-list');
  });

  it('opens a study and draws its images, one after the other', async () => {
    await press('Basic Viewer');
    await page.getByText('Skip all').click(PATIENCE);
    await shows(`I:${SLICES} (1/${SLICES})`);
    await expect.poll(() => spreadOf(page, image), PATIENCE).toBeGreaterThan(10);
    const first = await picture();
    await cy('viewport-pane').hover();
    for (const at of [2, 3, 4, 5, 6]) {
      await scrollTo(at);
      await shows(`I:${SLICES + 1 - at} (${at}/${SLICES})`);
    }
    // From the slice with the cube on, the picture is another.
    await expect.poll(() => picture(), PATIENCE).not.toBe(first);
    expect(await spreadOf(page, image)).toBeGreaterThan(10);
    await watched.shoot('ohif-image');
  });

  it('shows the series in three planes', async () => {
    await cy('Layout').click();
    await cy('MPR').click();
    const planes = page.locator(image);
    await expect.poll(() => planes.count(), PATIENCE).toBe(3);
    for (const plane of [0, 1, 2]) {
      const spread = () => spreadOf(page, image, plane);
      await expect.poll(spread, PATIENCE).toBeGreaterThan(10);
    }
    const pictures = async () => new Set(await Promise.all([0, 1, 2].map(picture))).size;
    await expect.poll(pictures, PATIENCE).toBe(3);
    await watched.shoot('ohif-planes');
  });

  it('saves a measurement as a report, which the archive finds', async () => {
    await openViewer();
    await cy('viewport-pane').hover();
    await scrollTo(2);
    await shows(MEASURED);
    await cy('Length-btn').click();
    const box = (await cy('viewport-pane').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x - 100, y);
    await page.mouse.down();
    await page.mouse.move(x + 100, y, { steps: 8 });
    await page.mouse.up();
    await cy('prompt-begin-tracking-yes-btn').click(PATIENCE);
    await cy('trackedMeasurements-btn').click();
    length = Number.parseFloat((await cy('data-row-details-primary').textContent()) ?? '');
    expect(length).toBeGreaterThan(10);
    await press('Create SR');
    await page.getByRole('dialog').locator('input').fill('Đo chiều rộng');
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await press('Save');
    expect((await answer).status()).toBe(200);
    const [series, ...more] = await find(`studies/${STUDY}/series?Modality=SR&includefield=SeriesDescription`);
    expect([firstText(series ?? {}, TAG.SeriesDescription), more]).toEqual(['Đo chiều rộng', []]);
    const [report] = await find(`studies/${STUDY}/instances?Modality=SR&includefield=all`);
    expect(firstText(report ?? {}, TAG.SOPClassUID)).toBe(COMPREHENSIVE_SR);
    expect(report?.[TAG.PatientName]?.Value).toEqual([{ Alphabetic: CT.patient.name }]);
    expect(firstText(report ?? {}, TAG.AccessionNumber)).toBe(CT.accessionNumber);
    // Numeric Value (0040,A30A) of its one measurement. PS3.3 C.18.1.
    const [, number] = /"0040A30A":\{"vr":"DS","Value":\[([\d.]+)/.exec(JSON.stringify(report)) ?? [];
    expect(Number(number)).toBeCloseTo(length, 1);
  });

  it('opens the report again, with the measurement on its image', async () => {
    await openViewer();
    // OHIF may miss the first press while it still reads the report.
    const asks = async () => {
      await cy('study-browser-thumbnail-no-image').dblclick();
      return await cy('yes-hydrate-btn')
        .waitFor({ timeout: 10_000 })
        .then(
          () => true,
          () => false,
        );
    };
    await expect.poll(asks, PATIENCE).toBe(true);
    await cy('yes-hydrate-btn').click();
    await cy('trackedMeasurements-btn').click();
    await cy('data-row-details-primary').waitFor(PATIENCE);
    expect(Number.parseFloat((await cy('data-row-details-primary').textContent()) ?? '')).toBe(length);
    await shows(MEASURED);
    await watched.shoot('ohif-report');
    expect(refused).toEqual([]);
  });
});
