// needs: chromium, dcmtk
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

type Instance = Readonly<Record<string, { readonly Value?: readonly string[] }>>;

const SLOW = { timeout: 20_000 };

describe('publishing in a browser', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let folder: string;
  let study: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'filmless-publishing-'));
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    study = await storeCtPhantom(product, {
      seed: 'publishing',
      patient: { id: 'PUB1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' },
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
  const findings = () =>
    page.locator('[data-finding]').evaluateAll((all) => all.map((one) => one.getAttribute('data-finding') ?? ''));
  const series = (): Promise<number> => page.locator('button[data-series], .series[data-series]').count();
  const objects = async (modality: string): Promise<readonly Instance[]> =>
    (await (
      await product.fetch(`/dicom-web/studies/${study}/instances?Modality=${modality}&includefield=00081190`)
    ).json()) as readonly Instance[];
  /** What DCMTK says of the first object of a modality. */
  const dumped = async (modality: string): Promise<string> => {
    const [found] = await objects(modality);
    const { pathname } = new URL(found?.['00081190']?.Value?.[0] ?? '');
    const file = await product.fetch(pathname, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
    const path = join(folder, `${modality}.dcm`);
    writeFileSync(path, new Uint8Array(await file.arrayBuffer()));
    const run = spawnSync('/usr/bin/dsrdump', [path]);
    expect(run.status).toBe(0);
    return run.stdout.toString();
  };
  const publish = async (): Promise<void> => {
    await page.getByRole('dialog').getByRole('button', { name: 'Xuất bản', exact: true }).click();
    await expect.poll(() => page.getByRole('dialog').count(), SLOW).toBe(0);
  };

  it('makes a report of what was measured, which DCMTK reads and the list of series shows', async () => {
    await expect.poll(() => viewport().getAttribute('data-backend'), { timeout: 30_000 }).toBe('gpu');
    await viewport().locator('.svg-layer').waitFor({ state: 'attached' });
    const box = (await viewport().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.keyboard.press('l');
    await page.mouse.move(x - 80, y);
    await page.mouse.down();
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.move(x + 80, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await findings()).length, SLOW).toBe(1);
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Đo khoảng cách').waitFor();
    await watched.shoot('publish-report');
    await expect.poll(() => dialog.getByRole('button', { name: 'Xuất bản', exact: true }).isEnabled(), SLOW).toBe(true);
    const before = await series();
    await publish();
    await expect.poll(async () => (await objects('SR')).length, SLOW).toBe(1);
    const said = /([\d.,]+) mm/.exec((await findings())[0] ?? '')?.[1]?.replace(',', '.');
    const written = Number(/"Length"\)="([\d.]+)"/.exec(await dumped('SR'))?.[1]);
    expect(Math.abs(written - Number(said))).toBeLessThan(0.06);
    await expect.poll(series, SLOW).toBeGreaterThan(before);
    await watched.shoot('published-report');
  });

  it('makes a key object selection of the image in view, with a purpose and a note', async () => {
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog');
    await dialog.locator('select[name="publish-kind"]').selectOption('key-images');
    await dialog.locator('select[name="publish-title"]').selectOption('for-referring-provider');
    await dialog.locator('input[name="publish-description"]').fill('Ổ tổn thương đã đo');
    await watched.shoot('publish-key-images');
    await publish();
    await expect.poll(async () => (await objects('KO')).length, SLOW).toBe(1);
    const text = await dumped('KO');
    expect(text).toContain('For Referring Provider');
    expect(text).toContain('Ổ tổn thương đã đo');
  });

  it('makes a presentation state of the image as it stands, which DCMTK takes', async () => {
    await page.keyboard.press('h');
    await page.keyboard.press('.');
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog');
    await dialog.locator('select[name="publish-kind"]').selectOption('presentation');
    await watched.shoot('publish-state');
    await publish();
    await expect.poll(async () => (await objects('PR')).length, SLOW).toBe(1);
    const [state] = (await (
      await product.fetch(`/dicom-web/studies/${study}/instances?Modality=PR&includefield=all`)
    ).json()) as readonly Readonly<Record<string, { readonly Value?: readonly unknown[] }>>[];
    expect([state?.['00700041']?.Value, state?.['00700042']?.Value]).toEqual([['Y'], [270]]);
    expect(JSON.stringify(state?.['00700001'])).toContain('mm');
    expect(JSON.stringify(state?.['00283110'])).toContain('"00281050"');
    await page.keyboard.press('0');
  });

  it('shows the report as a document, with a way back to the image', async () => {
    await page.locator('[data-series]').filter({ hasText: 'SR' }).first().click();
    const report = page.locator('[data-report]');
    const line = report.locator('.report-line', { hasText: /^Length:/ });
    await line.waitFor(SLOW);
    const said = /Length: ([\d.,]+) mm/.exec((await line.textContent()) ?? '')?.[1];
    expect(Number(said?.replace(',', '.'))).toBeGreaterThan(20);
    expect(await report.textContent()).toContain('Imaging Measurement Report');
    expect(await report.textContent()).toContain('Chưa ký duyệt');
    await watched.shoot('report');
    await report.getByRole('button', { name: 'Xem ảnh' }).first().click();
    await expect.poll(() => viewport().getAttribute('data-shown-index'), SLOW).toBe('0');
    await expect.poll(async () => (await findings()).length, SLOW).toBe(1);
  });

  it('publishes nothing where nothing is chosen', async () => {
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox').first().uncheck();
    expect(await dialog.getByRole('button', { name: 'Xuất bản', exact: true }).isEnabled()).toBe(false);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
  });

  it('said nothing on the console', () => {
    expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  });
});
