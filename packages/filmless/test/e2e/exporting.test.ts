// needs: chromium, python
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

/** How many pixels of a corner are nearly white: words are, the air around a phantom is not. */
async function brightIn(file: string, corner: 'left' | 'right'): Promise<number> {
  const { width } = await sharp(file).metadata();
  const area = { left: corner === 'left' ? 0 : width - 200, top: 0, width: 200, height: 60 };
  const grey = await sharp(file).extract(area).toColourspace('b-w').raw().toBuffer();
  return grey.filter((one) => one > 180).length;
}

/** What pydicom says of the file-set in a ZIP: patient's name and number of files. */
function fileSet(path: string, folder: string): string {
  const program = `import sys, zipfile; from pydicom.fileset import FileSet
zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])
files = list(FileSet(sys.argv[2] + "/DICOMDIR"))
print(files[0].PatientName, len(files), sum(one.load().pixel_array.size for one in files) > 0)`;
  const run = spawnSync(process.env.FILMLESS_PYTHON ?? 'python3', ['-c', program, path, folder]);
  return `${run.stdout}${run.stderr}`.trim();
}

describe('saving in a browser', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    folder = mkdtempSync(join(tmpdir(), 'filmless-exporting-'));
    const study = await storeCtPhantom(product, {
      seed: 'exporting',
      patient: { id: 'EXP1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' },
    });
    await page.goto(`${product.url}/view?study=${study}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await expect.poll(() => viewport().getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const saved = async (download: Download): Promise<string> => {
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  };
  /** Does an action found in the palette, and waits for the file it gives. */
  const bySearch = async (words: string): Promise<string> => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(words);
    const download = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    return await saved(await download);
  };

  it('gives the picture of the screen with name and sides, also where words are switched off', async () => {
    await page.keyboard.press('t');
    await expect.poll(() => page.locator('[data-corner]').count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.keyboard.press('Shift+P');
    const path = await saved(await download);
    expect(path).toMatch(/Đỗ Thị Dương 20\d{6} CT .*\.png$/);
    const box = (await page.locator('[data-viewport="1"] .viewport-pixels').boundingBox()) ?? { width: 0, height: 0 };
    const { width, height } = await sharp(path).metadata();
    expect([width, height]).toEqual([Math.round(box.width), Math.round(box.height)]);
    expect(await brightIn(path, 'left')).toBeGreaterThan(200);
    // The middle of the picture is what the screen shows there.
    const middle = { left: Math.round(width / 2) - 20, top: Math.round(height / 2) - 20, width: 40, height: 40 };
    const shot = await page.locator('[data-viewport="1"] .viewport-pixels').screenshot();
    const greys = async (from: string | Buffer) => (await sharp(from).extract(middle).toColourspace('b-w').raw().toBuffer()).toJSON().data;
    expect(await greys(path)).toEqual(await greys(shot));
    await page.keyboard.press('t');
  });

  it('leaves the name out of picture and file when asked to', async () => {
    const path = await bySearch('khong co ten');
    expect(path).not.toMatch(/Dương|20\d{6}/);
    expect(await brightIn(path, 'left')).toBe(0);
    expect(await brightIn(path, 'right')).toBe(0);
  });

  it('gives the study as a file-set that pydicom opens', async () => {
    const path = await bySearch('tai ca chup');
    expect(path).toMatch(/Đỗ Thị Dương .*\.zip$/);
    expect(readFileSync(path).subarray(0, 2).toString()).toBe('PK');
    expect(fileSet(path, join(folder, 'study'))).toMatch(/^Đỗ\^Thị Dương \d+ True$/);
    await watched.shoot('exporting');
  });

  it('was quiet', () => {
    expect(watched.faults).toEqual([]);
  });
});
