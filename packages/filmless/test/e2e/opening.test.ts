// needs: chromium
import { ctPhantom, type SampleStudy, uidFrom } from '@filmless/fixtures';
import type { Browser, Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';

/** What comes before signing in, compressed: some seconds of a slow line. */
const MOST_SHELL_BYTES = 200_000;
/** What an opening may take. */
const MOST_OPENING_BYTES = 64_000;
const PATIENCE = { timeout: 30_000 };

const CT: SampleStudy = {
  seed: 'opened at once',
  patient: { id: 'MO01', name: 'Lý^Thị Mở', birthDate: '19700101', sex: 'F' },
  at: new Date('2026-03-02T08:00:00Z'),
  accessionNumber: 'MO01',
  description: 'CT sọ não',
};
const STUDY = uidFrom(CT.seed, 'study');

/** How many grey levels lie between the darkest and the brightest pixel. */
const GREYS = `(image) => {
  const context = new OffscreenCanvas(64, 64).getContext('2d');
  context.drawImage(image, 0, 0, 64, 64);
  const greys = context.getImageData(0, 0, 64, 64).data.filter((_, index) => index % 4 === 0);
  return Math.max(...greys) - Math.min(...greys);
}`;

describe('opening a study in a browser', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  /** Requests since a test began, as paths. */
  let asked: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    for (const { bytes } of ctPhantom(CT, { slices: 6 }).files()) {
      const headers = { 'content-type': 'application/dicom' };
      const stored = await product.fetch('/dicom-web/studies', { method: 'POST', headers, body: bytes.slice() });
      expect(stored.status, await stored.clone().text()).toBe(200);
    }
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const preview = (): Locator => page.locator('.opening-preview');
  const mark = (): Locator => page.locator('.opening-preview-mark');
  const drawn = () => expect.poll(() => spreadOf(page, '[data-viewport="1"] canvas'), PATIENCE).toBeGreaterThan(10);
  /** But for what was drawn on them, which is asked for once they are there. */
  const aboutStudies = () => asked.filter((path) => path.startsWith('/api/studies/') && !path.endsWith('/marks'));
  const spreadOfPreview = async () => Number(await page.evaluate(`(${GREYS})(document.querySelector('.opening-preview'))`));

  it('begins with less than 200 kB before signing in, without what shows images', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(product.url);
    await page.locator('input[name="username"]').waitFor();
    await page.waitForLoadState('networkidle');
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_SHELL_BYTES);
    expect(asked.filter((path) => /cornerstone|vtk|reading|admin|dicom-/i.test(path))).toEqual([]);
    await session.detach();
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  });

  it('takes one request, whose picture stands there until the image does', async () => {
    await page.locator('tr.study').first().waitFor();
    const held: Route[] = [];
    let hold = true;
    await page.route('**/frames/**', async (route) => {
      if (hold) {
        held.push(route);
      } else {
        await route.continue();
      }
    });
    asked = [];
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith(`${STUDY}/opening`)),
      page.locator('tr.study td').first().click(),
    ]);
    expect((await answer.body()).length).toBeLessThanOrEqual(MOST_OPENING_BYTES);
    await mark().waitFor();
    expect(await mark().textContent()).toBe('Ảnh xem trước, đang tải ảnh gốc');
    await expect.poll(spreadOfPreview).toBeGreaterThan(100);
    expect(aboutStudies()).toEqual([`/api/studies/${STUDY}/opening`]);
    await expect.poll(() => viewport().getAttribute('data-image-count'), PATIENCE).toBe('6');
    expect(await viewport().getAttribute('data-shown-frame')).toBeNull();
    await watched.shoot('opening-preview');

    // Nothing is measured on it: a line that is drawn on a preview is none.
    await page.locator('[data-action="length"]').click();
    const box = (await viewport().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('[data-finding]').count()).toBe(0);

    hold = false;
    await Promise.all(held.map((route) => route.continue()));
    await drawn();
    await expect.poll(() => preview().count()).toBe(0);
    expect(await mark().count()).toBe(0);
    await page.unroute('**/frames/**');
    await watched.shoot('opening-image');
  });

  it('by a link is asked for once, beside who is signed in', async () => {
    asked = [];
    await page.goto(`${product.url}/view?study=${STUDY}`);
    await drawn();
    await expect.poll(() => preview().count()).toBe(0);
    expect(aboutStudies()).toEqual([`/api/studies/${STUDY}/opening`]);
    expect(asked.indexOf(`/api/studies/${STUDY}/opening`)).toBeLessThan(asked.findIndex((path) => path.includes('/dicom-web/')));
    expect(watched.faults).toEqual([]);
  });

  it('by a link before signing in opens it after', async () => {
    const stranger = await openPage(browser);
    await stranger.page.goto(`${product.url}/view?study=${STUDY}`);
    await stranger.page.locator('input[name="username"]').fill('admin');
    await stranger.page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await stranger.page.keyboard.press('Enter');
    await expect.poll(() => spreadOf(stranger.page, '[data-viewport="1"] canvas'), PATIENCE).toBeGreaterThan(10);
    await stranger[Symbol.asyncDispose]();
  });
});
