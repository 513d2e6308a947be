// needs: chromium
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

describe('keys and the palette of the reading page', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let study: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    study = await storeCtPhantom(product, {
      seed: 'keys',
      patient: { id: 'KEYS1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' },
    });
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const tool = (id: string): Promise<string | null> => page.locator(`[data-action="${id}"]`).getAttribute('aria-pressed');
  const rowOf = (id: string): Locator => page.locator(`[data-key-of="${id}"]`);
  const open = async (): Promise<void> => {
    await page.goto(`${product.url}/view?study=${study}`);
    await expect.poll(() => viewport().getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
  };

  it('signs in on the way to the study of a link', async () => {
    await page.goto(`${product.url}/view?study=${study}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await expect.poll(() => viewport().getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
  });

  it.each([
    ['1', '100/800'],
    ['2', '40/350'],
    ['3', '300/600'],
    ['4', '480/2500'],
    ['5', '40/80'],
    ['6', '40/350'],
    ['7', '-600/1500'],
    ['8', '90/350'],
    ['9', '45/300'],
  ])('key %s sets the window %s of a CT', async (key, window) => {
    await page.keyboard.press(key);
    await expect.poll(() => viewport().getAttribute('data-window')).toBe(window);
  });

  it('finds an action by part of its name, in either language and without accents, and does it', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('do goc');
    await expect.poll(() => page.locator('[role="option"]').first().getAttribute('data-command')).toBe('angle');
    await watched.shoot('palette');
    await page.keyboard.press('Enter');
    await expect.poll(() => tool('angle')).toBe('true');
    await page.keyboard.press('/');
    await page.getByRole('combobox').fill('lung');
    await page.keyboard.press('Enter');
    await expect.poll(() => viewport().getAttribute('data-window')).toBe('-600/1500');
    expect(await page.getByRole('combobox').count()).toBe(0);
  });

  it('chooses layouts by key', async () => {
    await page.keyboard.press('Shift+Digit4');
    await expect.poll(() => page.locator('[data-viewport]').count()).toBe(4);
    await page.keyboard.press('Shift+Digit1');
    await expect.poll(() => page.locator('[data-viewport]').count()).toBe(1);
  });

  it('gives an action another key, names whose key it was, and takes it only when told', async () => {
    await page.keyboard.press('?');
    await rowOf('length').getByRole('button').first().click();
    await page.keyboard.press('a');
    await page.locator('[data-action="take-key"]').waitFor();
    const asked = (await page.locator('dialog').textContent()) ?? '';
    expect(asked).toContain('Phím A đang dùng cho “Đo góc”');
    await watched.shoot('keys-taken');
    await page.locator('[data-action="take-key"]').click();
    await expect.poll(() => rowOf('length').locator('kbd').allTextContents()).toEqual(['A']);
    await expect.poll(() => rowOf('angle').locator('kbd').count()).toBe(0);
    await watched.shoot('keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('w');
    await page.keyboard.press('a');
    await expect.poll(() => tool('length')).toBe('true');
  });

  it('keeps the keys with the account: another browser has them, and there they go back', async () => {
    await using other = await openPage(browser, { locale: 'en-GB' });
    await other.page.goto(`${product.url}/view?study=${study}`);
    await other.page.locator('input[name="username"]').fill('admin');
    await other.page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await other.page.keyboard.press('Enter');
    await expect
      .poll(() => other.page.locator('[data-action="length"]').getAttribute('title'), { timeout: 30_000 })
      .toContain('(A)');
    await expect.poll(() => other.page.locator('[data-shown-index="0"]').count(), { timeout: 30_000 }).toBe(1);
    await other.page.keyboard.press('?');
    await other.shoot('keys-en');
    await other.page.locator('[data-action="reset-keys"]').click();
    await expect.poll(() => other.page.locator('[data-key-of="length"] kbd').allTextContents()).toEqual(['L']);
    expect(other.faults).toEqual([]);
    await open();
    await page.keyboard.press('a');
    await expect.poll(() => tool('angle')).toBe('true');
    expect(watched.faults).toEqual([]);
  });
});
