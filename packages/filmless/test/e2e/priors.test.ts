// needs: chromium
import { chestRadiograph } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom, storeFiles } from '../support/stored-phantom.ts';

const PATIENT = { id: 'PRIOR1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;

describe('earlier studies of the patient beside the one that is read', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let current: string;
  let year: string;
  let chest: string;
  let after: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser, { width: 1920, height: 1080 });
    page = watched.page;
    const at = (day: string) => new Date(`${day}T08:00:00Z`);
    current = await storeCtPhantom(product, { seed: 'now', patient: PATIENT, at: at('2026-03-02') });
    year = await storeCtPhantom(product, { seed: 'year', patient: PATIENT, at: at('2025-02-01') });
    after = await storeCtPhantom(product, { seed: 'after', patient: PATIENT, at: at('2026-05-01') });
    const facts = { accessionNumber: 'CHEST', description: 'Ngực thẳng' };
    chest = await storeFiles(product, [chestRadiograph({ seed: 'chest', patient: PATIENT, at: at('2026-02-27'), ...facts })]);
    const other = { ...PATIENT, id: 'PRIOR2' };
    await storeCtPhantom(product, { seed: 'other', patient: other, at: at('2026-02-01') });
    await page.goto(`${product.url}/view?study=${current}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const pane = (number: number): Locator => page.locator(`[data-viewport="${number}"]`);
  const index = async (number: number): Promise<number> => Number(await pane(number).getAttribute('data-shown-index'));
  const mark = (number: number): Locator => pane(number).locator('[data-study-mark]');
  const listed = (): Promise<readonly (string | null)[]> =>
    page.locator('[data-prior]').evaluateAll((all) => all.map((entry) => entry.getAttribute('data-prior')));

  it('are listed, those like it first and of these the newest first, and nobody else’s', async () => {
    await expect.poll(() => pane(1).getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
    await expect.poll(listed).toEqual([after, year, chest]);
    const text = (await page.locator(`[data-prior="${year}"]`).textContent()) ?? '';
    expect(text).toContain('Trước');
    expect(text).toContain('01/02/2025');
    expect(text).toContain('CT');
    expect(await page.locator(`[data-prior="${after}"]`).textContent()).toContain('Sau');
  });

  it('open beside it with one key, and every pane says which study it shows, whatever texts are hidden', async () => {
    await expect.poll(() => pane(2).getAttribute('data-study'), { timeout: 30_000 }).toBe(year);
    await page.keyboard.press('Shift+Digit1');
    await expect.poll(() => mark(1).count()).toBe(0);
    await page.keyboard.press('c');
    await expect.poll(() => pane(2).getAttribute('data-study'), { timeout: 30_000 }).toBe(year);
    expect(await pane(1).getAttribute('data-study')).toBe(current);
    expect(await mark(1).textContent()).toBe('Hiện tại · 02/03/2026');
    expect(await mark(2).textContent()).toBe('Trước · 01/02/2025');
    await expect.poll(() => pane(2).getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
    expect(await pane(2).getAttribute('aria-label')).toContain('Trước · 01/02/2025');
    await watched.shoot('prior');
    await page.keyboard.press('t');
    expect(await mark(2).isVisible()).toBe(true);
    await page.keyboard.press('t');
  });

  it('scroll along from where they were linked: their frames of reference differ', async () => {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => index(2)).toBe(2);
    expect(await index(1)).toBe(0);
    await page.keyboard.press('k');
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => Promise.all([index(1), index(2)])).toEqual([1, 3]);
    await page.keyboard.press('End');
    await expect.poll(() => Promise.all([index(1), index(2)])).toEqual([9, 9]);
    // Beyond its end the other one waited; the registration holds.
    await page.keyboard.press('Home');
    await expect.poll(() => Promise.all([index(1), index(2)])).toEqual([0, 2]);
  });

  it('are told apart from later ones, and exchanged in their pane', async () => {
    await page.locator(`[data-prior="${after}"]`).click();
    await expect.poll(() => pane(2).getAttribute('data-study'), { timeout: 30_000 }).toBe(after);
    expect(await mark(2).textContent()).toBe('Sau · 01/05/2026');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('so sanh 27/02');
    await watched.shoot('prior-palette');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await watched.shoot('prior-390');
    expect(watched.faults).toEqual([]);
  });
});
