// needs: chromium
import { ctPhantom } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeFiles } from '../support/stored-phantom.ts';

const PATIENT = { id: 'MPR2', name: 'Lê^Thị Hoa', birthDate: '19650101', sex: 'F' } as const;
const STUDY = { patient: PATIENT, at: new Date('2026-03-02T08:00:00Z'), accessionNumber: '3D', description: 'CT sọ não' };

/** The skull is a tube of bone around an ellipse, along the patient. In mm. */
const SKULL = { width: 168, depth: 208, height: 150 } as const;

/** The box around what is brighter than the background of a pane, in CSS pixels from its middle. */
const OUTLINE = `() => {
  const canvas = document.querySelector('[data-pane="solid"] canvas');
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let y = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1) {
      if (data[(y * canvas.width + x) * 4] > 24) {
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x + 1);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y + 1);
      }
    }
  }
  const scale = canvas.width / canvas.clientWidth;
  const at = (value, size) => (value - size / 2) / scale;
  return {
    left: at(box.left, canvas.width),
    right: at(box.right, canvas.width),
    top: at(box.top, canvas.height),
    bottom: at(box.bottom, canvas.height),
  };
}`;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Depth is drawn in software here, on few processors. */
const SLOW = { timeout: 60_000 };

describe('a volume from outside', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser, { width: 1366, height: 768 });
    page = watched.page;
    const head = await storeFiles(product, ctPhantom({ seed: 'solid', ...STUDY }, { size: 256 }).files());
    await page.goto(`${product.url}/view?study=${head}`);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const solid = (): Locator => page.locator('[data-pane="solid"]');
  const letters = async (): Promise<string> =>
    (
      await Promise.all(['top', 'right', 'bottom', 'left'].map((side) => solid().locator(`[data-edge="${side}"]`).textContent()))
    ).join(' ');
  /** What is seen, in mm from the middle of the pane. */
  const outline = async (): Promise<Box> => {
    const mm = Number(await solid().getAttribute('data-mm-per-pixel'));
    const box: Box = await page.evaluate(`(${OUTLINE})()`);
    return { left: box.left * mm, right: box.right * mm, top: box.top * mm, bottom: box.bottom * mm };
  };
  const sizes = async (): Promise<readonly [number, number]> => {
    const { left, right, top, bottom } = await outline();
    return [right - left, bottom - top];
  };
  const seenFrom = (side: string): Promise<unknown> => page.locator('[data-control="solid-side"]').selectOption(side);
  const cutTo = (axis: string, end: string, percent: number): Promise<void> =>
    page.locator(`[data-control="solid-crop-${axis}-${end}"]`).fill(String(percent));

  it('opens by one key, from the front, beside the planes', async () => {
    await page.locator('[data-viewport="1"][data-shown-index]').waitFor({ timeout: 30_000 });
    await page.keyboard.press('Shift+KeyD');
    await solid().locator('[data-edge="top"]').waitFor({ timeout: 60_000 });
    expect(await letters()).toBe('H L F R');
    expect(await page.locator('[data-pane]').count()).toBe(4);
    await expect.poll(async () => Math.abs((await sizes())[0] - SKULL.width), SLOW).toBeLessThan(2);
    // The first and the last slice are half within: the card draws from middle to middle.
    expect(Math.abs((await sizes())[1] - SKULL.height)).toBeLessThan(3);
    await watched.shoot('volume-3d');
  });

  it('has the letters and the size of each side it is looked at from', async () => {
    for (const [side, expected, width, height] of [
      ['back', 'H R F L', SKULL.width, SKULL.height],
      ['left', 'H P F A', SKULL.depth, SKULL.height],
      ['right', 'H A F P', SKULL.depth, SKULL.height],
      ['head', 'A R P L', SKULL.width, SKULL.depth],
      ['feet', 'A L P R', SKULL.width, SKULL.depth],
    ] as const) {
      await seenFrom(side);
      await expect.poll(letters, { ...SLOW, message: side }).toBe(expected);
      await expect.poll(async () => Math.abs((await sizes())[0] - width), { ...SLOW, message: side }).toBeLessThan(2);
      expect(Math.abs((await sizes())[1] - height), side).toBeLessThan(3);
    }
    await watched.shoot('volume-3d-feet');
  });

  it('keeps the side of the patient that is not cut off, on the side of its letter', async () => {
    await seenFrom('front');
    await page.locator('[data-control="solid-crop"]').click();
    await cutTo('x', 'to', 50);
    // The bar of sliders takes room: the middle of the pane stays the middle of the volume.
    await expect.poll(async () => Math.abs((await outline()).right), SLOW).toBeLessThan(2);
    expect(Math.abs((await outline()).left + SKULL.width / 2)).toBeLessThan(2);
    expect(await letters()).toBe('H L F R');
    await watched.shoot('volume-3d-cut');
    // From the back the same half of the patient is on the other side.
    await seenFrom('back');
    await expect.poll(async () => Math.abs((await outline()).left), SLOW).toBeLessThan(2);
    expect(Math.abs((await outline()).right - SKULL.width / 2)).toBeLessThan(2);
    expect(await letters()).toBe('H R F L');
  });

  it('stays cut while it is turned by hand, and is whole again when it is reset', async () => {
    const box = await solid().boundingBox();
    if (box === null) {
      throw new Error('the solid is not on the screen');
    }
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    // 150 pixels by 0.6 degrees: a quarter to the right, from the back to the patient's left.
    await page.mouse.move(x + 150, y, { steps: 3 });
    await page.mouse.up();
    await expect.poll(letters, SLOW).toBe('H P F A');
    await seenFrom('feet');
    await expect.poll(letters, SLOW).toBe('A L P R');
    await watched.shoot('volume-3d-cut-feet');
    await expect.poll(async () => Math.abs((await outline()).right), SLOW).toBeLessThan(2);
    await page.locator('[data-control="solid-reset"]').click();
    await expect.poll(letters, SLOW).toBe('H L F R');
    await expect.poll(async () => Math.abs((await sizes())[0] - SKULL.width), SLOW).toBeLessThan(2);
  });

  it('is seen as something else when another look is chosen', async () => {
    for (const preset of ['skin', 'mip', 'lung', 'vessels', 'bone']) {
      await page.locator('[data-control="solid-preset"]').selectOption(preset);
      await watched.shoot(`volume-3d-${preset}`);
    }
    // The air in the hole and around the head is nothing; bone is there.
    await expect.poll(async () => Math.abs((await sizes())[0] - SKULL.width), SLOW).toBeLessThan(2);
  });

  it('has a phone for itself', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(async () => ((await solid().boundingBox())?.height ?? 0) > 400, SLOW).toBe(true);
    expect(await page.locator('[data-pane="axial"]').isVisible()).toBe(false);
    await watched.shoot('volume-3d-phone');
  });

  it('goes when it is asked for again, and the planes stay', async () => {
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.keyboard.press('Shift+KeyD');
    await expect.poll(() => solid().count(), SLOW).toBe(0);
    expect(await page.locator('[data-mpr="open"]').count()).toBe(1);
    await page.keyboard.press('Shift+KeyD');
    await solid().locator('[data-edge="top"]').waitFor({ timeout: 60_000 });
    await page.keyboard.press('d');
    await page.locator('[data-viewport="1"][data-shown-index]').waitFor({ timeout: 30_000 });
  });

  it('says nothing on the console', () => {
    expect(watched.faults).toEqual([]);
  });
});
