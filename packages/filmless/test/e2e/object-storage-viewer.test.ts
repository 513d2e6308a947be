// needs: minio, versitygw, chromium
import { type S3Server, startS3Server } from '@filmless/archive/test/s3-servers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesBySending, sendAtOnce } from '../faults/store/sample-instances.ts';
import { openPage, spreadOf, startBrowser } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';

const SLICES = 12;
const VIEWPORT = '[data-viewport="1"]';

describe.each(['minio', 'versitygw'] as const)('a study in a bucket of %s', (name) => {
  let server: S3Server;
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    server = await startS3Server(name);
    product = await startProduct({ args: ['--store', server.url('filmless')] });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('is opened and scrolled in the viewer', async () => {
    const images = (await imagesBySending(SLICES)).slice(0, SLICES);
    expect(await sendAtOnce(product, images, 4)).toEqual([]);
    await using watched = await openPage(browser);
    const { page } = watched;
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
    await page.goto(`${product.url}/view?study=${images[0]?.object.studyInstanceUid}`);
    const viewport = page.locator(VIEWPORT);
    await expect.poll(() => viewport.getAttribute('data-image-count'), { timeout: 30_000 }).toBe(String(SLICES));
    await expect.poll(() => spreadOf(page, `${VIEWPORT} canvas`), { timeout: 30_000 }).toBeGreaterThan(10);
    await page.keyboard.press('End');
    await expect.poll(() => viewport.getAttribute('data-shown-index')).toBe(String(SLICES - 1));
    await expect.poll(() => spreadOf(page, `${VIEWPORT} canvas`)).toBeGreaterThan(10);
    await watched.shoot(`bucket-${name}`);
    expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  });
});
