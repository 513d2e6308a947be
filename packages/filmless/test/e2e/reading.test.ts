// needs: chromium, dcmtk, python
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { READING_STUDIES, type ReadingTruth, type StudyKey } from '../support/reading-studies.ts';
import { run } from '../support/run.ts';

describe.each(READING_STUDIES)('reading $name in a browser', ({ name: source, proposal, make }) => {
  let folder: string;
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let truth: ReadingTruth;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-e2e-'));
    truth = await make(folder);
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const shoot = (name: string) => watched.shoot(`${source.replaceAll(' ', '-')}-${name}`);
  const send = async (key: StudyKey) => {
    const option = proposal[key];
    const args = ['-aec', product.aeTitle, ...(option === undefined ? [] : [option]), '127.0.0.1', String(product.dicomPort)];
    const sent = await run('/usr/bin/storescu', [...args, '+sd', join(folder, key)]);
    expect(sent.code, sent.stderr).toBe(0);
  };
  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const shown = async () => Number(await viewport().getAttribute('data-shown-index'));
  const openStudy = async (key: StudyKey) => {
    await page.goto(`${product.url}/view?study=${truth[key].study}`);
    await expect.poll(() => viewport().getAttribute('data-image-count'), { timeout: 30_000 }).toBe(String(truth[key].images));
    await expect.poll(spread, { timeout: 30_000 }).toBeGreaterThan(10);
  };
  const spread = () => spreadOf(page, '[data-viewport="1"] canvas');

  it('signs in, and says so when the password is wrong', async () => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill('not the password');
    await page.keyboard.press('Enter');
    await page.locator('[role="alert"]').first().waitFor();
    await shoot('sign-in-refused');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
    await shoot('worklist-empty');
  });

  it('shows a study that arrives, without anybody asking', async () => {
    await send('ct');
    await page.getByText(truth.ct.name).first().waitFor({ timeout: 15_000 });
    for (const key of ['mr', 'cr', 'us', 'mg'] as const) {
      await send(key);
    }
    await page.getByText(truth.mg.name).first().waitFor({ timeout: 15_000 });
    await shoot('worklist');
  });

  it('finds "Đỗ Thị Dương" by "do thi duong" and opens her study with Enter', async () => {
    await page.getByRole('searchbox').fill('do thi duong');
    await expect.poll(() => page.locator('tr.study').count()).toBe(1);
    expect(await page.locator('tr.study').textContent()).toContain('Đỗ Thị Dương');
    await shoot('worklist-search');
    await page.keyboard.press('Enter');
    await expect.poll(() => viewport().getAttribute('data-image-count'), { timeout: 30_000 }).toBe('28');
    await expect.poll(spread, { timeout: 30_000 }).toBeGreaterThan(10);
    await shoot('ct');
  });

  it('scrolls by wheel and by keys', async () => {
    await page.keyboard.press('Home');
    await expect.poll(shown).toBe(0);
    await viewport().hover();
    await page.mouse.wheel(0, 120);
    await expect.poll(shown).toBe(1);
    await page.keyboard.press('ArrowDown');
    await expect.poll(shown).toBe(2);
    await page.keyboard.press('End');
    await expect.poll(shown).toBe(27);
    await page.waitForTimeout(300);
    expect(await spread()).toBeGreaterThan(10);
  });

  it('windows by dragging and by a preset', async () => {
    const before = await viewport().getAttribute('data-window');
    const box = await viewport().boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + 30, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => viewport().getAttribute('data-window')).not.toBe(before);
    await page.locator('[data-action="presets"]').click();
    await page.getByText('Xương', { exact: false }).first().click();
    await expect.poll(() => viewport().getAttribute('data-window')).toBe('480/2500');
    await shoot('ct-bone');
  });

  it('measures the width of the phantom to within 1 %', async () => {
    const { width } = truth.ct;
    await page.keyboard.press('Home');
    await expect.poll(shown).toBe(0);
    for (let step = 0; !((await viewport().getAttribute('data-shown-frame')) ?? '').includes(width.instance); step += 1) {
      expect(step).toBeLessThan(28);
      await page.keyboard.press('ArrowDown');
      await expect.poll(shown).toBe(step + 1);
    }
    await page.locator('[data-action="length"]').click();
    const box = (await viewport().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const scale = Math.min(box.width / width.columns, box.height / width.rows);
    const place = (column: number): readonly [number, number] => [
      box.x + box.width / 2 + (column + 0.5 - width.columns / 2) * scale,
      box.y + box.height / 2 + (width.row + 0.5 - width.rows / 2) * scale,
    ];
    await page.mouse.move(...place(width.first));
    await page.mouse.down();
    await page.mouse.move(...place(width.last), { steps: 8 });
    await page.mouse.up();
    await shoot('ct-length');
    const text = (await page.locator('[data-finding]').first().getAttribute('data-finding')) ?? '';
    const mm = Number((/([\d.,]+)\s*mm/.exec(text)?.[1] ?? '').replace(/\.(?=\d{3})/g, '').replace(',', '.'));
    expect(Math.abs(mm - width.mm) / width.mm, text).toBeLessThan(0.01);
  });

  it('comes back to the same study after a reload', async () => {
    await page.reload();
    await expect.poll(() => viewport().getAttribute('data-image-count'), { timeout: 30_000 }).toBe('28');
    await expect.poll(spread, { timeout: 30_000 }).toBeGreaterThan(10);
  });

  it.each(['mr', 'cr', 'mg', 'us'] as const)('shows %s', async (key) => {
    await openStudy(key);
    await shoot(key);
  });

  it('plays the ultrasound clip', async () => {
    await openStudy('us');
    const before = await shown();
    await page.locator('[data-action="cine"]').click();
    await expect.poll(shown, { interval: 50 }).not.toBe(before);
    await shoot('us-cine');
  });

  it('shows four viewports with linked scroll', async () => {
    await openStudy('mr');
    await page.locator('[data-action="layout"]').click();
    await page.getByText('2 × 2').first().click();
    await expect.poll(() => page.locator('[data-viewport]').count()).toBe(4);
    await shoot('mr-2x2');
  });

  it('said nothing on the console', () => {
    expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  });
});
