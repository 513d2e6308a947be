// needs: chromium
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, SCREENSHOTS, startBrowser, type WatchedPage } from '../support/browser.ts';
import { json } from '../support/facilities.ts';
import { type Product, startProduct } from '../support/product.ts';
import { killProfile, startProfile } from '../support/profile.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

const PATIENT = { id: 'MARK1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;
const PASSWORD = 'sông Tiền mùa nước nổi';
const [AN, MINH, XEM] = [
  { username: 'an', displayName: 'BS Mẫu An', role: 'doctor' },
  { username: 'minh', displayName: 'BS Mẫu Minh', role: 'doctor' },
  { username: 'xem', displayName: 'Người Xem', role: 'reader' },
] as const;

interface KeptMark {
  readonly id: string;
  readonly revision: number;
  readonly deleted: boolean;
}

describe('what a doctor draws', () => {
  let data: string;
  let profile: string;
  let port: number;
  let product: Product;
  let context: BrowserContext;
  let page: Page;
  let browser: Browser;
  let other: WatchedPage;
  let study: string;

  const start = () => startProduct({ data, httpPort: port });

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'filmless-marks-data-'));
    profile = await mkdtemp(join(tmpdir(), 'filmless-marks-profile-'));
    // The same port after a start: what a browser keeps is of a host and port.
    port = await freePort();
    product = await start();
    study = await storeCtPhantom(product, { seed: 'marks', patient: PATIENT });
    for (const user of [AN, MINH, XEM]) {
      const made = await product.fetch('/api/users', {
        method: 'POST',
        ...json({ ...user, password: PASSWORD, facilities: ['main'] }),
      });
      expect(made.status).toBe(201);
    }
    context = await startProfile(profile);
    page = await open(context, AN.username);
    browser = await startBrowser();
    other = await openPage(browser);
  });

  afterAll(async () => {
    await browser.close();
    await context.close();
    await product[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
    await rm(profile, { recursive: true, force: true });
  });

  const shown = (of: Page) => of.locator('[data-viewport="1"]');
  const isOpen = (of: Page) => of.locator('[data-viewport="1"][data-shown-index="0"]').waitFor({ timeout: 30_000 });
  const open = async (of: BrowserContext, username: string): Promise<Page> => {
    const made = of.pages()[0] ?? (await of.newPage());
    await enter(made, username);
    return made;
  };
  const enter = async (of: Page, username: string): Promise<void> => {
    await of.goto(`${product.url}/view?study=${study}`);
    await of.locator('input[name="username"]').fill(username);
    await of.locator('input[type="password"]').fill(PASSWORD);
    await of.keyboard.press('Enter');
    await isOpen(of);
  };
  const drawn = (of: Page) => of.locator('[data-finding]').count();
  const phase = (of: Page) => of.locator('[data-marks]').getAttribute('data-marks');
  /** A length across the middle, at so many pixels from the top of the pane. */
  const draw = async (of: Page, down: number): Promise<void> => {
    await of.locator('[data-viewport="1"] .svg-layer').waitFor({ state: 'attached' });
    await of.locator('[data-action="length"]').click();
    const { x, y, width } = (await shown(of).boundingBox()) ?? { x: 0, y: 0, width: 1 };
    const before = await drawn(of);
    await of.mouse.move(x + width / 2 - 80, y + down);
    await of.mouse.down();
    await of.mouse.move(x + width / 2, y + down, { steps: 4 });
    await of.mouse.move(x + width / 2 + 80, y + down, { steps: 4 });
    await of.mouse.up();
    await expect.poll(() => drawn(of)).toBe(before + 1);
  };
  const kept = async (): Promise<readonly KeptMark[]> => {
    const answer = await product.fetch(`/api/studies/${study}/marks`);
    return ((await answer.json()) as { readonly marks: readonly KeptMark[] }).marks;
  };
  const living = async () => (await kept()).filter(({ deleted }) => !deleted).length;

  it('is saved at once, and there after a reload', async () => {
    await draw(page, 200);
    await expect.poll(() => phase(page)).toBe('saved');
    expect(await kept()).toMatchObject([{ revision: 1, deleted: false, tool: 'length', author: { name: AN.username } }]);
    await page.reload();
    await isOpen(page);
    await expect.poll(() => drawn(page), { timeout: 10_000 }).toBe(1);
    await page.screenshot({ path: join(SCREENSHOTS, 'marks-saved.png') });
  });

  it('is seen by a colleague by itself, and what the colleague deletes goes', async () => {
    await enter(other.page, MINH.username);
    await expect.poll(() => drawn(other.page), { timeout: 10_000 }).toBe(1);
    await draw(page, 260);
    await expect.poll(() => drawn(other.page), { timeout: 10_000 }).toBe(2);
    await other.page.locator('[data-action="measurements"]').click();
    await other.page.getByText(`Người vẽ: ${AN.username}`).first().waitFor();
    await other.shoot('marks-colleague');
    await other.page.locator('.measurement button:last-child').first().click();
    await expect.poll(() => drawn(page), { timeout: 10_000 }).toBe(1);
    await other.page.locator('[data-action="measurements"]').click();
  });

  it('does not come back from a deletion by who has not heard of it', async () => {
    const gone = (await kept()).find(({ deleted }) => deleted);
    const place = { kind: 'image', seriesInstanceUid: '1.2', sopInstanceUid: '1.3', frame: 1 };
    const at = new Date().toISOString();
    const old = {
      id: gone?.id,
      schema: 1,
      place,
      tool: 'length',
      points: [],
      text: '',
      created: at,
      modified: at,
      revision: 99,
      deleted: false,
    };
    const answer = await product.fetch(`/api/studies/${study}/marks`, { method: 'PUT', ...json({ marks: [old] }) });
    expect(await answer.json()).toMatchObject({ marks: [{ id: gone?.id, deleted: true }] });
    expect(await living()).toBe(1);
  });

  it('is there after the server is killed right behind “saved”', async () => {
    await draw(page, 320);
    await expect.poll(() => phase(page)).toBe('saved');
    product.process.kill('SIGKILL');
    await new Promise((resolve) => product.process.once('exit', resolve));
    product = await start();
    expect(await living()).toBe(2);
  });

  it('without a server is kept by the browser, over its end, and sent when the server is back', async () => {
    await expect.poll(() => drawn(page)).toBe(2);
    await product.stop();
    await draw(page, 380);
    await expect.poll(() => phase(page), { timeout: 15_000 }).toBe('waiting');
    await page.screenshot({ path: join(SCREENSHOTS, 'marks-waiting.png') });
    killProfile(profile);
    await context.close().catch(() => undefined);
    product = await start();
    expect(await living()).toBe(2);
    context = await startProfile(profile);
    page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`${product.url}/view?study=${study}`);
    // The session was kept with the profile, or is begun anew.
    await page.locator('[data-viewport="1"], input[name="username"]').first().waitFor();
    if ((await page.locator('input[name="username"]').count()) > 0) {
      await enter(page, AN.username);
    }
    await isOpen(page);
    await expect.poll(() => drawn(page), { timeout: 10_000 }).toBe(3);
    await expect.poll(living, { timeout: 10_000 }).toBe(3);
    await expect.poll(() => phase(page)).toBe('saved');
  });

  it('is told of at signing out while it was not sent, and sent at the next signing in', async () => {
    await page.route('**/marks', (route) => route.abort());
    await draw(page, 440);
    await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('waiting');
    await page.locator('.reading-bar button').first().click();
    const account = page.locator('.top-account');
    await account.click();
    await page.getByText('Đăng xuất').click();
    await page.getByText('Còn phép đo chưa gửi lên máy chủ').waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'marks-sign-out.png') });
    await page.locator('dialog[open] .button-danger').click();
    await page.locator('input[name="username"]').waitFor();
    await page.unroute('**/marks');
    expect(await living()).toBe(3);
    await enter(page, AN.username);
    await expect.poll(living, { timeout: 10_000 }).toBe(4);
  });

  it('of an account that only looks stays on its page, which says so', async () => {
    await using watched = await openPage(browser);
    await enter(watched.page, XEM.username);
    await expect.poll(() => drawn(watched.page), { timeout: 10_000 }).toBe(4);
    await draw(watched.page, 500);
    await expect.poll(() => phase(watched.page)).toBe('viewOnly');
    await watched.shoot('marks-view-only');
    expect(await living()).toBe(4);
    expect(watched.faults).toEqual([]);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
