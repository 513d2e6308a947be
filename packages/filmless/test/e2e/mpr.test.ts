// needs: chromium
import { ctPhantom } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, spreadOf, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeFiles } from '../support/stored-phantom.ts';

type Axis = 'axial' | 'sagittal' | 'coronal';

const PATIENT = { id: 'MPR1', name: 'Trần^Văn Bình', birthDate: '19700101', sex: 'M' } as const;
const STUDY = { patient: PATIENT, at: new Date('2026-03-02T08:00:00Z'), accessionNumber: 'MPR', description: 'CT sọ não' };
/** Where the cube of bone lies from the middle of the volume, in mm: left and right, front and back. */
const CUBE = { x: -34, y: 10, side: 40 } as const;

/** The grey of 350 HU, half of bone, in the window the phantom comes with: 800 wide around 100. */
const HALF_BONE = ((350 + 300) / 800) * 255;

/** Grey levels along a line of a pane's picture, in CSS pixels from its left top. */
const PROFILE = `([selector, from, to]) => {
  const canvas = document.querySelector(selector);
  const scale = canvas.width / canvas.clientWidth;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return Array.from({ length: Math.floor(length * 4) }, (_, step) => {
    const part = step / (length * 4);
    const x = Math.round((from.x + (to.x - from.x) * part) * scale);
    const y = Math.round((from.y + (to.y - from.y) * part) * scale);
    return copy.getImageData(x, y, 1, 1).data[0];
  });
}`;

/** Every WebGL context of a page can be lost at once, as by a driver that starts anew. */
const REMEMBER_CONTEXTS = `
  const contexts = [];
  const original = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = original.call(this, kind, ...rest);
    if (kind.startsWith('webgl') && context !== null) contexts.push(context);
    return context;
  };
  window.dropContexts = () => {
    for (const context of contexts.splice(0)) context.getExtension('WEBGL_lose_context')?.loseContext();
  };
`;

/** Clockwise on the screen, around its origin. */
function turned({ x, y }: Point, degrees: number): Point {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return { x: x * cosine - y * sine, y: x * sine + y * cosine };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Three planes are drawn in software here, on few processors. */
const SLOW = { timeout: 20_000 };

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('input[name="username"]').fill('admin');
  await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
}

describe('a series as three planes of a volume', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let head: string;
  let tilted: string;
  let few: string;
  let uneven: string;
  let gappy: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser, { width: 1920, height: 1080 });
    page = watched.page;
    head = await storeFiles(product, ctPhantom({ seed: 'mpr', ...STUDY }, { size: 256 }).files());
    tilted = await storeFiles(product, ctPhantom({ seed: 'mpr tilted', ...STUDY }, { size: 64, slices: 12, tilt: 15 }).files());
    few = await storeFiles(product, ctPhantom({ seed: 'mpr few', ...STUDY }, { size: 64, slices: 4 }).files());
    uneven = await storeFiles(
      product,
      ctPhantom({ seed: 'mpr uneven', ...STUDY }, { size: 64, slices: 12, unevenMm: 1 }).files(),
    );
    gappy = await storeFiles(product, ctPhantom({ seed: 'mpr gappy', ...STUDY }, { size: 64, slices: 12, missing: [6] }).files());
    await signIn(page, `${product.url}/view?study=${head}`);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const pane = (axis: Axis): Locator => page.locator(`[data-pane="${axis}"]`);
  const edge = (axis: Axis, side: string): Promise<string | null> => pane(axis).locator(`[data-edge="${side}"]`).textContent();
  const scaleOf = async (axis: Axis): Promise<number> => Number(await pane(axis).getAttribute('data-mm-per-pixel'));
  const boxOf = async (axis: Axis) => {
    const box = await pane(axis).locator('canvas').boundingBox();
    if (box === null) {
      throw new Error(`the pane ${axis} is not on the screen`);
    }
    return box;
  };
  const middleOf = async (axis: Axis): Promise<Point> => {
    const { width, height } = await boxOf(axis);
    return { x: width / 2, y: height / 2 };
  };
  const center = async (): Promise<readonly number[]> =>
    ((await page.locator('[data-mpr="open"]').getAttribute('data-center')) ?? '').split(' ').map(Number);
  const opened = (study: string): Promise<unknown> => page.goto(`${product.url}/view?study=${study}`).then(() => shown(1));
  const shown = (number: number): Promise<unknown> =>
    page.locator(`[data-viewport="${number}"][data-shown-index]`).waitFor({ timeout: 30_000 });
  const values = (): Locator => page.locator('[data-mpr-value]');
  const profile = (axis: Axis, from: Point, to: Point): Promise<readonly number[]> =>
    page.evaluate(`(${PROFILE})(${JSON.stringify([`[data-pane="${axis}"] canvas`, from, to])})`);
  /** Where bone begins and ends along a line through it, half way from water, in CSS pixels. */
  const bone = async (axis: Axis, from: Point, to: Point): Promise<readonly [Point, Point]> => {
    const greys = await profile(axis, from, to);
    const at = (index: number): Point => {
      const part = index / greys.length;
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    };
    return [at(greys.findIndex((grey) => grey > HALF_BONE)), at(greys.findLastIndex((grey) => grey > HALF_BONE) + 1)];
  };
  const drag = async (axis: Axis, from: Point, to: Point): Promise<void> => {
    const { x, y } = await boxOf(axis);
    await page.mouse.move(x + from.x, y + from.y);
    await page.mouse.down();
    await page.mouse.move(x + (from.x + to.x) / 2, y + (from.y + to.y) / 2, { steps: 4 });
    await page.mouse.move(x + to.x, y + to.y, { steps: 4 });
    await page.mouse.up();
  };

  it('opens by one key, with the letters of the patient on every edge', async () => {
    await shown(1);
    await page.keyboard.press('d');
    await page.locator('[data-mpr="open"]').waitFor({ timeout: 60_000 });
    for (const [axis, letters] of [
      ['axial', { top: 'A', right: 'L', bottom: 'P', left: 'R' }],
      ['sagittal', { top: 'H', right: 'P', bottom: 'F', left: 'A' }],
      ['coronal', { top: 'H', right: 'L', bottom: 'F', left: 'R' }],
    ] as const) {
      for (const [side, letter] of Object.entries(letters)) {
        expect(await edge(axis, side), `${axis} ${side}`).toBe(letter);
      }
    }
    await watched.shoot('mpr');
  });

  it('says that it is for reference, once, whatever room there is', async () => {
    const words = page.locator('.reference-only:visible');
    expect(await words.count()).toBe(1);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => words.evaluateAll((all) => all.map((one) => one.closest('.mpr') !== null)), SLOW).toEqual([true]);
    await watched.shoot('mpr-phone');
    await page.setViewportSize({ width: 1920, height: 1080 });
    await expect.poll(async () => (await boxOf('axial')).width, SLOW).toBeGreaterThan(900);
  });

  it('meets in the point that is clicked', async () => {
    const [mm, middle, { x, y }] = [await scaleOf('axial'), await middleOf('axial'), await boxOf('axial')];
    await page.mouse.click(x + middle.x + CUBE.x / mm, y + middle.y + CUBE.y / mm);
    await expect.poll(async () => Math.abs(((await center())[0] ?? 0) - CUBE.x), SLOW).toBeLessThan(0.5);
    expect(Math.abs(((await center())[1] ?? 0) - CUBE.y)).toBeLessThan(0.5);
    await watched.shoot('mpr-crosshairs');
  });

  it('measures what is between the slices as it is: the cube is as high as it is wide', async () => {
    await page.keyboard.press('l');
    for (const axis of ['coronal', 'sagittal'] as const) {
      const middle = await middleOf(axis);
      // Beside the crosshairs, which are drawn over the picture.
      const line = async (): Promise<readonly [Point, Point]> => {
        const mm = await scaleOf(axis);
        const x = middle.x + ((axis === 'coronal' ? CUBE.x : CUBE.y) + 8) / mm;
        return bone(axis, { x, y: middle.y - 30 / mm }, { x, y: middle.y + 30 / mm });
      };
      const lengthOf = ([from, to]: readonly [Point, Point]): number => Math.hypot(to.x - from.x, to.y - from.y);
      if (axis === 'coronal') {
        // A pixel of the screen is a third of a millimetre then.
        const before = lengthOf(await line());
        for (let step = 0; step < 3; step += 1) {
          await page.keyboard.press('=');
        }
        await expect.poll(async () => lengthOf(await line()), SLOW).toBeGreaterThan(before * 1.8);
      }
      const [top, bottom] = await line();
      await drag(axis, top, bottom);
    }
    const lengths = page.locator('[data-mpr-length]');
    await expect.poll(() => lengths.count(), SLOW).toBe(2);
    for (const length of await lengths.all()) {
      expect(Math.abs(Number(await length.getAttribute('data-mpr-length')) - CUBE.side)).toBeLessThan(0.5);
    }
    await watched.shoot('mpr-length');
  });

  it('reads the value of a point, as it was stored', async () => {
    await page.keyboard.press('Shift+KeyY');
    const [mm, middle, { x, y }] = [await scaleOf('axial'), await middleOf('axial'), await boxOf('axial')];
    // Bone of the cube, water beside it, air of the hole; away from the crosshairs, whose lines take a click.
    for (const [at, hu] of [
      [{ x: CUBE.x + 8, y: CUBE.y + 8 }, 700],
      [{ x: -2, y: CUBE.y + 8 }, 0],
      [{ x: 0, y: -50 }, -1000],
    ] as const) {
      const before = await values().count();
      await page.mouse.click(x + middle.x + at.x / mm, y + middle.y + at.y / mm);
      await expect.poll(() => values().count(), SLOW).toBe(before + 1);
      expect(Number(await values().last().getAttribute('data-mpr-value'))).toBe(hu);
      expect(await values().last().textContent()).toBe(`${hu.toLocaleString('vi-VN').replace('-', '−')} HU`);
    }
    await watched.shoot('mpr-probe');
  });

  it('scrolls the pane under the pointer by the distance of its slices', async () => {
    const before = (await center())[2] ?? 0;
    const { x, y, width, height } = await boxOf('axial');
    await page.mouse.move(x + width / 3, y + height / 3);
    await page.mouse.wheel(0, 120);
    await expect.poll(async () => Math.abs(Math.abs(((await center())[2] ?? 0) - before) - 2.5), SLOW).toBeLessThan(0.01);
  });

  it('takes the most, the least or the mean of a slab', async () => {
    await page.locator('[data-control="slab"]').fill('60');
    // The cube fills 40 of the 60 mm with 700 HU, water the rest with 0.
    for (const [mode, hu] of [
      ['mip', 700],
      ['average', (700 * 40) / 60],
      ['minip', 0],
    ] as const) {
      await page.locator('[data-control="slab-mode"]').selectOption(mode);
      const [mm, middle] = [await scaleOf('axial'), await middleOf('axial')];
      const from = { x: middle.x + (CUBE.x + 8) / mm, y: middle.y + (CUBE.y + 8) / mm };
      const grey = async (): Promise<number> => (await profile('axial', from, { x: from.x + 1, y: from.y }))[0] ?? 0;
      const expected = Math.min(((hu + 300) / 800) * 255, 255);
      await expect.poll(async () => Math.abs((await grey()) - expected), SLOW).toBeLessThan(4);
      // The first probe is in the cube: it says what is seen there.
      expect(Math.abs(Number(await values().first().getAttribute('data-mpr-value')) - hu)).toBeLessThan(1);
      await watched.shoot(`mpr-${mode}`);
    }
  });

  it('turns two planes by the handle of a line in the third, and their letters with them', async () => {
    await page.locator('[data-control="slab"]').fill('0');
    await page.getByRole('button', { name: 'Xóa các số đo trên MPR' }).click();
    await expect.poll(() => values().count(), SLOW).toBe(0);
    await page.keyboard.press('0');
    await page.keyboard.press('y');
    const [{ x, y }, middle] = [await boxOf('axial'), await middleOf('axial')];
    // Near the line of the coronal plane its handles come.
    await page.mouse.move(x + middle.x / 2, y + middle.y + 20);
    await page.mouse.move(x + middle.x / 2, y + middle.y, { steps: 4 });
    const handle = await pane('axial').locator('svg circle').first().boundingBox();
    if (handle === null) {
      throw new Error('a line that is pointed at shows no handle');
    }
    await watched.shoot('mpr-handle');
    const from = { x: handle.x + handle.width / 2 - x - middle.x, y: handle.y + handle.height / 2 - y - middle.y };
    await page.mouse.move(x + middle.x + from.x, y + middle.y + from.y, { steps: 4 });
    await page.mouse.down();
    for (let degrees = 3; degrees <= 30; degrees += 3) {
      const { x: dx, y: dy } = turned(from, degrees);
      await page.mouse.move(x + middle.x + dx, y + middle.y + dy);
    }
    await page.mouse.up();
    await watched.shoot('mpr-turning');
    // Clockwise on the screen: what was to the left of the patient comes to the back as well.
    for (const [axis, letters] of [
      ['axial', { top: 'A', right: 'L', bottom: 'P', left: 'R' }],
      ['sagittal', { top: 'H', right: 'PR', bottom: 'F', left: 'AL' }],
      ['coronal', { top: 'H', right: 'LP', bottom: 'F', left: 'RA' }],
    ] as const) {
      for (const [side, letter] of Object.entries(letters)) {
        await expect.poll(() => edge(axis, side), { ...SLOW, message: `${axis} ${side}` }).toBe(letter);
      }
    }
    await watched.shoot('mpr-turned');
    await page.keyboard.press('0');
    await expect.poll(() => edge('coronal', 'right'), SLOW).toBe('L');
  });

  it('goes back to the stack at the slice where the planes met', async () => {
    const height = (await center())[2] ?? 0;
    await page.locator('[data-action="mpr-leave"]').click();
    await shown(1);
    await expect
      .poll(async () => Number(await page.locator('[data-viewport="1"]').getAttribute('data-shown-index')), SLOW)
      .toBe(Math.round(height / 2.5));
  });

  it('is refused, with the reason, where the slices are no volume', async () => {
    for (const [study, reason] of [
      [tilted, 'giàn quay nghiêng 15'],
      [few, 'chuỗi chỉ có 4 lát cắt'],
      [uneven, 'khoảng cách lát cắt không đều, từ 1,5 đến 3,5 mm'],
      [gappy, 'thiếu 1 lát cắt (khoảng cách thường là 2,5 mm)'],
    ] as const) {
      await opened(study);
      const button = page.locator('[data-action="mpr"]');
      await expect.poll(() => button.isDisabled(), SLOW).toBe(true);
      expect(await button.getAttribute('title')).toContain(reason);
      await page.keyboard.press('d');
      await expect.poll(() => page.locator('body').textContent(), SLOW).toContain(reason);
      expect(await page.locator('[data-mpr]').count()).toBe(0);
    }
  });

  it('goes back to the stack when the graphics card drops out, and opens again', async () => {
    await using other = await openPage(browser, { width: 1366, height: 768 });
    await other.page.addInitScript(REMEMBER_CONTEXTS);
    await signIn(other.page, `${product.url}/view?study=${head}`);
    const stack = other.page.locator('[data-viewport="1"][data-shown-index]');
    await stack.waitFor({ timeout: 30_000 });
    for (let round = 0; round < 2; round += 1) {
      await other.page.keyboard.press('d');
      await other.page.locator('[data-mpr="open"]').waitFor({ timeout: 60_000 });
      await other.page.evaluate('dropContexts()');
      await stack.waitFor({ timeout: 30_000 });
      await expect.poll(() => spreadOf(other.page, '[data-viewport="1"] canvas'), SLOW).toBeGreaterThan(10);
    }
    await expect.poll(() => other.page.locator('body').textContent(), SLOW).toContain('đã trở về chồng ảnh');
    // Cornerstone warns of each context; nothing else is wrong.
    expect(other.faults.filter((fault) => !fault.includes('WebGL context lost'))).toEqual([]);
  });

  it('says nothing on the console', () => {
    expect(watched.faults).toEqual([]);
  });
});
