// needs: chromium, dcmtk
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSource, inspectObject } from '@filmless/dicom';
import { type CtPhantomTruth, ctPhantom } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';

const SLICES = 28;

describe('measuring on a phantom of exact values', () => {
  let folder: string;
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let truth: CtPhantomTruth;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-tools-'));
    const patient = { id: 'MAU200001', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;
    const at = new Date('2026-03-02T08:00:00Z');
    const phantom = ctPhantom({ seed: 'tools', patient, at, accessionNumber: 'E2E9', description: 'tools' }, { slices: SLICES });
    truth = phantom.truth;
    let study = '';
    for (const { fileName, bytes } of phantom.files()) {
      study = (await inspectObject(bytesSource(bytes))).studyInstanceUid;
      await writeFile(join(folder, fileName.replaceAll('/', '_')), bytes);
    }
    product = await startProduct();
    const target = ['-aec', product.aeTitle, '127.0.0.1', String(product.dicomPort)];
    const sent = await run('/usr/bin/storescu', [...target, '+sd', folder]);
    expect(sent.code, sent.stderr).toBe(0);
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    await page.goto(`${product.url}/view?study=${study}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const fact = (name: string) => viewport().getAttribute(`data-${name}`);
  const number = async (name: string) => Number(await fact(name));
  const findings = () =>
    page.locator('[data-finding]').evaluateAll((all) => all.map((one) => one.getAttribute('data-finding') ?? ''));
  const ready = async () => {
    await expect.poll(() => fact('image-count'), { timeout: 30_000 }).toBe(String(SLICES));
    await expect.poll(() => fact('backend'), { timeout: 30_000 }).toBe('gpu');
    await viewport().locator('.svg-layer').waitFor({ state: 'attached' });
    await page.waitForTimeout(500);
  };
  const goTo = async (index: number) => {
    await page.keyboard.press('Home');
    await expect.poll(() => number('shown-index')).toBe(0);
    for (let step = 1; step <= index; step += 1) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => number('shown-index')).toBe(step);
    }
  };
  const box = async () => (await viewport().boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 };
  /** Screen point of a place between pixels, with the picture fitted; (0, 0) is the corner of the first pixel. */
  const place = async (column: number, row: number): Promise<readonly [number, number]> => {
    const { x, y, width, height } = await box();
    const scale = Math.min(width, height) / truth.size;
    return [x + width / 2 + (column - truth.size / 2) * scale, y + height / 2 + (row - truth.size / 2) * scale];
  };
  const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
    await page.mouse.move(...to, { steps: 4 });
    await page.mouse.up();
  };
  const draw = async (tool: string, from: readonly [number, number], to: readonly [number, number]) => {
    await page.locator(`[data-action="${tool}"]`).click();
    await drag(await place(...from), await place(...to));
  };
  /** The number before a unit, or after a word. */
  const value = (text: string | undefined, pattern: RegExp): number =>
    Number(
      (pattern.exec(text ?? '')?.[1] ?? 'none')
        .replace(/\.(?=\d{3})/g, '')
        .replace(',', '.')
        .replace('−', '-'),
    );
  const clear = async () => {
    while ((await findings()).length > 0) {
      const before = (await findings()).length;
      await page.locator('[data-action="measurements"]').click();
      await page.locator('.measurement button:last-child').first().click();
      await page.locator('[data-action="measurements"]').click();
      await expect.poll(async () => (await findings()).length).toBe(before - 1);
    }
  };

  it('gives the mean of an ellipse in bone to a Hounsfield unit, and its area', async () => {
    await ready();
    await goTo(2);
    const { column, row } = truth.disc;
    const radius = 15 / truth.pixelSpacingMm;
    await draw('ellipse', [column, row], [column + radius, row + radius]);
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-ellipse');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,−]+) HU/) - truth.hu.bone), text).toBeLessThanOrEqual(1);
    expect(Math.abs(value(text, /([\d.,]+) mm²/) / (Math.PI * 15 * 15) - 1), text).toBeLessThan(0.02);
  });

  it('gives the mean of a rectangle in the hole of air, and its area', async () => {
    await clear();
    const { column, row } = truth.hole;
    const half = 5 / truth.pixelSpacingMm;
    await draw('rectangle', [column - half, row - half], [column + half, row + half]);
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-rectangle');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,−]+) HU/) - truth.hu.air), text).toBeLessThanOrEqual(1);
    expect(Math.abs(value(text, /([\d.,]+) mm²/) / 100 - 1), text).toBeLessThan(0.04);
  });

  it('measures an angle to half a degree', async () => {
    await clear();
    await page.locator('[data-action="angle"]').click();
    await drag(await place(356, 256), await place(256, 256));
    const end = await place(256 + 100, 256 + 100);
    await page.mouse.move(...end, { steps: 6 });
    await page.mouse.click(...end);
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-angle');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,]+)°/) - 45), text).toBeLessThan(0.5);
  });

  it('measures the angle of Cobb between two lines apart to half a degree', async () => {
    await clear();
    await page.keyboard.press('Shift+A');
    await drag(await place(156, 156), await place(356, 156));
    await drag(await place(166, 400), await place(340, 400 - 174 * Math.tan(Math.PI / 6)));
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-cobb');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,]+)°/) - 30), text).toBeLessThan(0.5);
  });

  it('measures the cardiothoracic ratio of two widths to a hundredth', async () => {
    await clear();
    await page.keyboard.press('Shift+C');
    await drag(await place(206, 256), await place(306, 256));
    await drag(await place(156, 320), await place(356, 320));
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-cardiothoracic');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,]+) \|/) - 0.5), text).toBeLessThan(0.011);
    expect(Math.abs(value(text, /([\d.,]+) mm ·/) - 50), text).toBeLessThan(0.6);
    // Also on the picture, though the lines are level.
    await expect.poll(() => viewport().locator('.svg-layer').textContent()).toContain('0,5');
  });

  it('measures two diameters to half a millimetre', async () => {
    await clear();
    await page.keyboard.press('Shift+L');
    await drag(await place(156, 256), await place(356, 256));
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-bidirectional');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,]+) mm/) - 100), text).toBeLessThan(0.6);
    // Cornerstone begins with a shorter one of two thirds, square to it.
    expect(value(text, /× ([\d.,]+) mm/), text).toBeGreaterThan(30);
  });

  it('gives mean and area of an outline drawn by hand', async () => {
    await clear();
    await goTo(2);
    await page.keyboard.press('Shift+E');
    const { column, row } = truth.disc;
    const half = 15 / truth.pixelSpacingMm;
    const corners = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
      [-1, -0.98],
    ] as const;
    const [first = [0, 0] as const, ...others] = await Promise.all(
      corners.map(([x, y]) => place(column + x * half, row + y * half)),
    );
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const corner of others) {
      await page.mouse.move(...corner, { steps: 12 });
    }
    await page.mouse.up();
    await expect.poll(async () => (await findings()).length).toBe(1);
    await watched.shoot('tool-freehand');
    const [text] = await findings();
    expect(Math.abs(value(text, /([\d.,−]+) HU/) - truth.hu.bone), text).toBeLessThanOrEqual(1);
    expect(Math.abs(value(text, /([\d.,]+) mm²/) / 900 - 1), text).toBeLessThan(0.03);
  });

  it('brings back over a reload what was drawn with each tool', async () => {
    const before = await findings();
    await page.reload();
    await ready();
    await goTo(2);
    await expect.poll(findings).toEqual(before);
    await expect.poll(() => viewport().locator('.svg-layer path, .svg-layer polyline').count()).toBeGreaterThan(0);
    await watched.shoot('tool-freehand-again');
  });

  it('changes a length by its end, and keeps it over a reload and on its own image only', async () => {
    await clear();
    await draw('length', [156, 256], [256, 256]);
    await expect.poll(async () => value((await findings())[0], /([\d.,]+) mm/)).toBeCloseTo(50, 0);
    await watched.shoot('tool-length');
    await page.locator('[data-action="window"]').click();
    await drag(await place(256, 256), await place(356, 256));
    await expect.poll(async () => value((await findings())[0], /([\d.,]+) mm/)).toBeCloseTo(100, 0);
    await page.reload();
    await ready();
    await goTo(2);
    await expect.poll(async () => value((await findings())[0], /([\d.,]+) mm/)).toBeCloseTo(100, 0);
    await expect.poll(() => viewport().locator('.svg-layer line').count()).toBeGreaterThan(0);
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => (await findings()).length).toBe(0);
    await expect.poll(() => viewport().locator('.svg-layer line').count()).toBe(0);
  });

  it('goes to a mark from the list and deletes it by key', async () => {
    await page.locator('[data-action="measurements"]').click();
    await page.locator('.measurement-go').first().click();
    await expect.poll(() => number('shown-index')).toBe(2);
    await expect.poll(() => viewport().locator('.svg-layer line').count()).toBeGreaterThan(0);
    await watched.shoot('tool-list');
    await page.keyboard.press('Delete');
    await expect.poll(async () => (await findings()).length).toBe(0);
    await expect.poll(() => viewport().locator('.svg-layer line').count()).toBe(0);
    await page.locator('[data-action="measurements"]').click();
  });

  it('forgets an angle given up by Escape', async () => {
    await page.locator('[data-action="angle"]').click();
    await drag(await place(200, 200), await place(256, 256));
    await page.keyboard.press('Escape');
    await page.waitForTimeout(300);
    expect(await findings()).toEqual([]);
    expect(await viewport().locator('.svg-layer line').count()).toBe(0);
  });

  it('zooms, pans and scrolls by tool; what is measured then is the same', async () => {
    await page.locator('[data-action="zoom"]').click();
    await drag(await place(256, 300), await place(256, 200));
    await expect.poll(() => number('zoom')).toBeGreaterThan(1.1);
    await page.locator('[data-action="pan"]').click();
    await drag(await place(256, 256), await place(300, 280));
    await watched.shoot('tool-zoom-pan');
    const zoom = await number('zoom');
    await page.locator('[data-action="length"]').click();
    const [x, y] = await place(200, 300);
    const { width, height } = await box();
    const perPixel = (Math.min(width, height) / truth.size) * zoom;
    await drag([x, y], [x + 80 * perPixel, y]);
    await expect.poll(async () => value((await findings())[0], /([\d.,]+) mm/)).toBeCloseTo(40, 0);
    await page.keyboard.press('.');
    await page.keyboard.press('h');
    await page.waitForTimeout(300);
    await watched.shoot('tool-length-turned');
    expect(value((await findings())[0], /([\d.,]+) mm/)).toBeCloseTo(40, 0);
    await page.keyboard.press('0');
    await expect.poll(() => number('zoom')).toBe(1);
    await page.locator('[data-action="scroll"]').click();
    const before = await number('shown-index');
    await drag(await place(400, 100), await place(400, 300));
    await expect.poll(() => number('shown-index')).toBeGreaterThan(before + 3);
    await page.waitForTimeout(300);
    expect(await spreadOf(page, '[data-viewport="1"] canvas')).toBeGreaterThan(10);
    await watched.shoot('tool-scroll');
  });

  it('said nothing on the console', () => {
    expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  });
});
