// needs: chromium
import { chestRadiograph, mammogram } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom, storeFiles } from '../support/stored-phantom.ts';

const CT_PATIENT = { id: 'HANG1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;
const MG_PATIENT = { id: 'HANG2', name: 'Phạm^Thị Út', birthDate: '19700101', sex: 'F' } as const;

describe('hanging protocols', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let ct: string;
  let year: string;
  let breast: string;
  let chest: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser, { width: 1920, height: 1080 });
    page = watched.page;
    const facts = { at: new Date('2026-03-02T08:00:00Z'), accessionNumber: 'HANG', description: 'Nhũ ảnh' };
    ct = await storeCtPhantom(product, { seed: 'hang', patient: CT_PATIENT });
    year = await storeCtPhantom(product, { seed: 'hang-year', patient: CT_PATIENT, at: new Date('2025-02-01T08:00:00Z') });
    breast = await storeFiles(product, mammogram({ seed: 'hang-mg', patient: MG_PATIENT, ...facts }));
    chest = await storeFiles(product, [chestRadiograph({ seed: 'hang-cr', patient: MG_PATIENT, ...facts })]);
    await page.goto(`${product.url}/view?study=${ct}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const pane = (number: number): Locator => page.locator(`[data-viewport="${number}"]`);
  const attribute = (number: number, name: string) => () => pane(number).getAttribute(name);
  const shown = (number: number) => expect.poll(attribute(number, 'data-shown-index'), { timeout: 30_000 });
  const open = (study: string) => page.goto(`${product.url}/view?study=${study}`);

  it('hang a CT beside its prior as it opens', async () => {
    await expect.poll(attribute(2, 'data-study'), { timeout: 30_000 }).toBe(year);
    expect(await attribute(1, 'data-study')()).toBe(ct);
    expect(await pane(2).locator('[data-study-mark]').textContent()).toBe('Trước · 01/02/2025');
    await shown(2).toBe('0');
  });

  it('hang both breasts back to back: the chest walls in the middle, the right one at the left', async () => {
    await open(breast);
    await expect.poll(() => page.locator('[data-viewport]').count(), { timeout: 30_000 }).toBe(2);
    await shown(1).toBe('0');
    await shown(2).toBe('0');
    await expect.poll(() => pane(1).locator('[data-corner="bottomLeft"]').textContent()).toContain('R CC');
    await expect.poll(() => pane(2).locator('[data-corner="bottomLeft"]').textContent()).toContain('L CC');
    await expect.poll(() => bright(1)).toBeGreaterThan(20);
    const [right, left] = [await column(1, 'last'), await column(2, 'first')];
    // Tissue reaches the inner edge of each pane, the outer ones are air.
    expect(Math.min(right, left)).toBeGreaterThan(60);
    expect(Math.max(await column(1, 'first'), await column(2, 'last'))).toBeLessThan(20);
    await watched.shoot('hanging-mg');
  });

  it('leave a chest that has one view alone, and say that none fits', async () => {
    await open(chest);
    await shown(1).toBe('0');
    expect(await page.locator('[data-viewport]').count()).toBe(1);
  });

  it('are made of what is on the screen, kept with the account, and hung the next time, by key and from the menu', async () => {
    await open(ct);
    await expect.poll(attribute(2, 'data-study'), { timeout: 30_000 }).toBe(year);
    await page.keyboard.press('Shift+Digit1');
    await page.keyboard.press('4');
    await page.locator('[data-action="hanging"]').click();
    await page.getByText('Lưu bố cục này làm cách treo').click();
    await page.locator('input[name="hanging-name"]').fill('Xương sọ');
    await page.locator('input[name="hanging-key"]').fill('l');
    await expect.poll(() => page.locator('dialog').textContent()).toContain('Phím này đang dùng cho “Đo khoảng cách”');
    await page.locator('input[name="hanging-key"]').fill('j');
    await watched.shoot('hanging-save');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    await open(ct);
    await expect.poll(attribute(1, 'data-window'), { timeout: 30_000 }).toBe('480/2500');
    expect(await page.locator('[data-viewport]').count()).toBe(1);
    await page.keyboard.press(']');
    await expect.poll(() => page.locator('[data-viewport]').count()).toBe(2);
    await page.locator('[data-action="hanging"]').click();
    await watched.shoot('hanging-menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await expect.poll(() => page.locator('[data-viewport]').count()).toBe(1);
    await expect.poll(attribute(1, 'data-window')).toBe('480/2500');
    expect(watched.faults).toEqual([]);
  });

  /** Mean grey of the pixels of a pane, or of a narrow strip of its middle rows at one side. */
  async function greyOf(number: number, from: number, to: number): Promise<number> {
    const script = `(() => {
      const canvas = document.querySelector('[data-viewport="${number}"] canvas');
      const copy = new OffscreenCanvas(200, 200);
      const context = copy.getContext('2d');
      context.drawImage(canvas, 0, 0, 200, 200);
      const { data } = context.getImageData(${from}, 80, ${to - from}, 40);
      const greys = data.filter((_, index) => index % 4 === 0);
      return greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
    })()`;
    return Number(await page.evaluate(script));
  }
  const bright = (number: number) => greyOf(number, 0, 200);
  const column = (number: number, side: 'first' | 'last') => (side === 'first' ? greyOf(number, 1, 5) : greyOf(number, 193, 197));
});
