// needs: chromium
import axeCore from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

const PATIENT = { id: 'AXE1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;

/** WCAG 2.2 AA, and of the images themselves nothing: a picture of a body has no contrast to keep. */
const RUN = `axe.run({ exclude: [['.viewport-pixels']] }, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'],
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map((node) => id + ': ' + node.target.join(' ') + ' — ' + node.failureSummary.replace(/\\s+/g, ' '))))`;

describe('pages outside the images, by WCAG 2.2 AA', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let axe: string;
  let study: string;

  beforeAll(async () => {
    axe = axeCore.source;
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    study = await storeCtPhantom(product, { seed: 'axe', patient: PATIENT });
    await storeCtPhantom(product, { seed: 'axe-year', patient: PATIENT, at: new Date('2025-02-01T08:00:00Z') });
    await page.goto(product.url);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  /** What is amiss on the page as it stands; put in by the debugger, past the page's own policy for scripts. */
  const faults = async (): Promise<unknown> => {
    await page.evaluate(axe);
    return await page.evaluate(RUN);
  };

  it('the sign-in page', async () => {
    await page.locator('input[name="username"]').waitFor();
    expect(await faults()).toEqual([]);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  });

  it('the worklist', async () => {
    await page.locator('tr.study').first().waitFor();
    expect(await faults()).toEqual([]);
  });

  it.each([
    '/orders',
    '/orders/unmatched',
    '/orders/receipts',
    '/import',
    '/admin/users',
    '/admin/facilities',
    '/admin/hospital',
    '/admin/tokens',
    '/admin/aes',
    '/admin/connections',
    '/admin/commitments',
    '/admin/rules',
    '/admin/destinations',
    '/admin/queues',
    '/admin/deidentification',
    '/admin/conflicts',
    '/admin/rejections',
    '/admin/audit',
  ])('the page %s', async (path) => {
    await page.goto(`${product.url}${path}`);
    await page.locator('h1').first().waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    expect(await faults()).toEqual([]);
  });

  it('the reading page with a prior, its keys and its palette', async () => {
    await page.goto(`${product.url}/view?study=${study}`);
    await expect.poll(() => page.locator('[data-study-mark]').count(), { timeout: 30_000 }).toBe(2);
    await expect.poll(() => page.locator('[data-shown-index="0"]').count(), { timeout: 30_000 }).toBe(2);
    expect(await faults()).toEqual([]);
    await page.keyboard.press('?');
    await page.locator('[data-key-of="length"]').waitFor();
    expect(await faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await faults()).toEqual([]);
  });
});
