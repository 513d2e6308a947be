// needs: chromium, python
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, 0 to 255, row by row. */
  readonly reds: readonly number[];
}

const READ = `async (text) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { width: image.width, height: image.height, reds: [...data.filter((_, at) => at % 4 === 0)] };
}`;

/** A PNG as the browser reads it. */
async function pixelsOf(page: Page, png: Buffer): Promise<Pixels> {
  return await page.evaluate<Pixels>(`(${READ})(${JSON.stringify(png.toString('base64'))})`);
}

function part({ width, reds }: Pixels, left: number, top: number, across: number, down: number): readonly number[] {
  return Array.from(
    { length: across * down },
    (_, at) => reds[(top + Math.floor(at / across)) * width + left + (at % across)] ?? 0,
  );
}

/** How many pixels of an upper corner are nearly white: words are, the air around a phantom is not. */
function brightIn(pixels: Pixels, corner: 'left' | 'right'): number {
  return part(pixels, corner === 'left' ? 0 : pixels.width - 200, 0, 200, 60).filter((one) => one > 180).length;
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
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const savedAs = async (download: Download): Promise<string> => {
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
    return await savedAs(await download);
  };

  it('gives the picture of the screen with name and sides, also where words are switched off', async () => {
    await expect.poll(() => viewport().getAttribute('data-shown-index'), { timeout: 30_000 }).toBe('0');
    await page.keyboard.press('t');
    await expect.poll(() => page.locator('[data-corner]').count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.keyboard.press('Shift+P');
    const path = await savedAs(await download);
    expect(path).toMatch(/Đỗ Thị Dương 20\d{6} CT .*\.png$/);
    const box = (await page.locator('[data-viewport="1"] .viewport-pixels').boundingBox()) ?? { width: 0, height: 0 };
    const saved = await pixelsOf(page, readFileSync(path));
    const { width, height } = saved;
    expect([width, height]).toEqual([Math.round(box.width), Math.round(box.height)]);
    expect(brightIn(saved, 'left')).toBeGreaterThan(200);
    // The middle of the picture is what the screen shows there.
    const shot = await pixelsOf(page, await page.locator('[data-viewport="1"] .viewport-pixels').screenshot());
    const middle = [Math.round(width / 2) - 20, Math.round(height / 2) - 20, 40, 40] as const;
    expect(part(saved, ...middle)).toEqual(part(shot, ...middle));
    await page.keyboard.press('t');
  });

  it('leaves the name out of picture and file when asked to', async () => {
    const path = await bySearch('khong co ten');
    expect(path).not.toMatch(/Dương|20\d{6}/);
    const pixels = await pixelsOf(page, readFileSync(path));
    expect([brightIn(pixels, 'left'), brightIn(pixels, 'right')]).toEqual([0, 0]);
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
