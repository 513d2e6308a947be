// needs: chromium
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { json } from '../support/facilities.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { storeCtPhantom } from '../support/stored-phantom.ts';

const PATIENT = { id: 'LOCK1', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;
const DOCTOR = { username: 'an', password: 'sông Tiền mùa nước nổi' };

describe('a shared computer', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let study: string;

  beforeAll(async () => {
    product = await startProduct();
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    study = await storeCtPhantom(product, { seed: 'lock', patient: PATIENT });
    const settings = { version: 1, lockAfterMinutes: 1, displaysDeclared: false, hangings: [] };
    await product.fetch('/api/settings/hospital', { method: 'PUT', ...json({ revision: 0, settings }) });
    const user = { ...DOCTOR, displayName: 'Bác sĩ Mẫu', role: 'doctor', facilities: ['main'] };
    await product.fetch('/api/users', { method: 'POST', ...json(user) });
    await page.clock.install();
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const viewport = (): Locator => page.locator('[data-viewport="1"]');
  const index = (): Promise<string | null> => viewport().getAttribute('data-shown-index');
  const password = (): Locator => page.locator('input[type="password"]');
  /** How often a text can be seen: what is covered does not count. */
  const seen = (text: string): Promise<number> => page.getByText(text).filter({ visible: true }).count();
  const signIn = async (username: string, secret: string): Promise<void> => {
    await page.locator('input[name="username"]').fill(username);
    await password().fill(secret);
    await page.keyboard.press('Enter');
  };

  it('opens the study of a link by accession number and patient after signing in', async () => {
    await page.goto(`${product.url}/view?accession=LOCK&patient=LOCK1`);
    await signIn('admin', ADMIN_PASSWORD);
    await expect.poll(index, { timeout: 30_000 }).toBe('0');
    expect(page.url()).toContain(study);
  });

  it('hides everything when nobody touches it, and ends the session', async () => {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(index).toBe('2');
    await page.keyboard.press('?');
    await page.locator('dialog.dialog').waitFor();
    await page.clock.fastForward('00:50');
    expect(await password().count()).toBe(0);
    await page.clock.fastForward('00:20');
    await password().waitFor();
    expect(await viewport().isVisible()).toBe(false);
    expect(await seen('Dương')).toBe(0);
    await expect.poll(() => page.title()).not.toContain('Dương');
    await expect.poll(() => page.evaluate('fetch("/api/session").then((answer) => answer.status)')).toBe(401);
    await watched.shoot('locked');
  });

  it('goes on exactly there with the same person’s password, the dialog that was open too', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await seen('Dương')).toBe(0);
    // By hand: what is typed goes where the keyboard is, not past a dialog that keeps it.
    await password().click();
    await page.keyboard.type(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await expect.poll(() => viewport().isVisible()).toBe(true);
    expect(await index()).toBe('2');
    await page.locator('dialog.dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
  });

  it('stays locked over a reload, and another person begins anew', async () => {
    await page.clock.fastForward('01:10');
    await password().waitFor();
    await page.reload();
    await password().waitFor();
    expect(await page.locator('[data-viewport]').count()).toBe(0);
    await signIn(DOCTOR.username, DOCTOR.password);
    await expect.poll(index, { timeout: 30_000 }).toBe('0');
  });

  it('does not open by a session that could not be ended', async () => {
    await page.clock.fastForward('01:10');
    await password().waitFor();
    await expect.poll(() => page.evaluate('fetch("/api/session").then((answer) => answer.status)')).toBe(401);
    const { username, password: secret } = DOCTOR;
    // As if the line had been down when it was locked: there is a session again, and nobody at the keyboard.
    const body = JSON.stringify({ username, password: secret });
    const again = `fetch("/api/session", { method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(body)} }).then((answer) => answer.status)`;
    expect(await page.evaluate(again)).toBeLessThan(300);
    await page.route('**/api/session', (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
    await page.reload();
    await page.getByRole('button', { name: 'Thử lại' }).waitFor();
    expect(await page.locator('[data-viewport]').count()).toBe(0);
    await page.unroute('**/api/session');
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await signIn(username, secret);
    await expect.poll(index, { timeout: 30_000 }).toBe('0');
  });

  it('says that images are for reference until the hospital declares its displays', async () => {
    const words = 'Xem ảnh tham khảo, không dùng để chẩn đoán chính';
    expect(await seen(words)).toBe(1);
    const settings = { version: 1, lockAfterMinutes: 0, displaysDeclared: true, hangings: [] };
    const put = await product.fetch('/api/settings/hospital', { method: 'PUT', ...json({ revision: 1, settings }) });
    expect(put.status).toBe(200);
    await page.reload();
    await expect.poll(index, { timeout: 30_000 }).toBe('0');
    await expect.poll(() => seen(words)).toBe(0);
  });

  it('says so where nothing of that patient has the number of a link', async () => {
    await page.goto(`${product.url}/view?accession=LOCK&patient=OTHER`);
    await page.getByText('LOCK').first().waitFor();
    expect(await page.locator('[data-viewport]').count()).toBe(0);
  });
});
