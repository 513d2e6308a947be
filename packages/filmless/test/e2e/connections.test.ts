// needs: chromium, dcmtk
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { type Ran, run } from '../support/run.ts';
import { freePort, startStoreScp } from '../support/storescp.ts';

const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
aes:
  - { title: CT01, host: 127.0.0.1, port: 1, may: [echo], facility: main }
  - { title: DX-MOI, host: 10.0.0.9, port: 104, may: [echo], facility: main }
unknownAes: []
`;

describe('the association doctor in a browser', () => {
  let folder: string;
  let product: Product;
  let browser: Browser;
  let admin: WatchedPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-connections-'));
    product = await startProduct({ config: CONFIG });
    browser = await startBrowser();
    admin = await openPage(browser);
    await signIn(admin.page);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const signIn = async (page: Page) => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };
  const echo = (title: string, called = 'FILMLESS'): Promise<Ran> =>
    run('/usr/bin/echoscu', ['-aet', title, '-aec', called, '127.0.0.1', String(product.dicomPort)]);

  it('says that nothing is wrong while nothing is', async () => {
    await admin.page.goto(`${product.url}/admin/connections`);
    await admin.page.getByText('Không có trục trặc nào').waitFor();
    await admin.shoot('connections-empty');
  });

  it('tells why an unknown machine cannot connect, adds it at one press, and sees that it gets through', async () => {
    const { page } = admin;
    expect((await echo('US-KHOA-SAN')).code).not.toBe(0);
    await page.getByRole('button', { name: 'Làm mới' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'US-KHOA-SAN' });
    await card.getByText('chưa được khai báo nên bị từ chối').waitFor();
    await card.getByRole('button', { name: 'Thêm máy này' }).click();
    await page.getByText('Đã thay đổi thiết lập của US-KHOA-SAN').waitFor();
    expect((await echo('US-KHOA-SAN')).code).toBe(0);
    await page.getByRole('button', { name: 'Làm mới' }).click();
    await card.getByText('Đã ổn', { exact: true }).waitFor();
    expect(await card.getByRole('button', { name: 'Thêm máy này' }).count()).toBe(0);
  });

  it('lists what a person has to mend at the machine, with all details', async () => {
    const { page } = admin;
    for (let count = 0; count < 3; count += 1) {
      await echo('CT01', 'PACS');
    }
    await echo('MAY-LA');
    const port = await freePort();
    await product.fetch('/api/aes/MR01', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ host: '127.0.0.1', port, may: ['echo', 'store'], facility: 'main' }),
    });
    await product.fetch('/api/aes/MR01/echo', { method: 'POST' });
    await fetch(`http://127.0.0.1:${product.dicomPort}/`).catch(() => undefined);
    await page.getByRole('button', { name: 'Làm mới' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'gọi đến PACS' });
    await card.getByText('3 lần').waitFor();
    await page.getByText('gửi yêu cầu HTTP vào cổng DICOM').waitFor();
    await admin.shoot('connections-problems');
    await card.getByRole('button', { name: 'Chi tiết' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('called AE title not recognized').waitFor();
    await admin.shoot('connections-details');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('asks before it lets a machine call from another address', async () => {
    const { page } = admin;
    expect((await echo('DX-MOI')).code).toBe(0);
    await page.getByRole('button', { name: 'Làm mới' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'DX-MOI' });
    await card.getByText('bị coi là chưa xác minh').waitFor();
    await card.getByRole('button', { name: 'Cập nhật địa chỉ' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Địa chỉ: 10.0.0.9 → 127.0.0.1').waitFor();
    await admin.shoot('connections-fix');
    await dialog.getByRole('button', { name: 'Cập nhật địa chỉ' }).click();
    await dialog.waitFor({ state: 'detached' });
    await echo('DX-MOI');
    await page.getByRole('button', { name: 'Làm mới' }).click();
    await card.getByText('Đã ổn', { exact: true }).waitFor();
  });

  it('is limited to a machine, and shows the log', async () => {
    const { page } = admin;
    await page.getByLabel('Máy (AE Title)').fill('MR01');
    await page.getByRole('button', { name: 'Lọc' }).click();
    await expect.poll(() => page.locator('.problem').count()).toBe(1);
    expect(await page.locator('.problem').textContent()).toContain('không có chương trình nào nhận kết nối');
    await page.getByRole('link', { name: 'Nhật ký kết nối' }).click();
    await page.goto(`${product.url}/admin/connections?view=log`);
    await page.getByRole('cell', { name: 'US-KHOA-SAN' }).first().waitFor();
    await admin.shoot('connections-log');
  });

  it('tries a machine with an image that is nobody’s', async () => {
    const { page } = admin;
    await using scp = await startStoreScp(folder);
    await product.fetch('/api/aes/MR01', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ host: '127.0.0.1', port: scp.port, may: ['echo', 'store'], facility: 'main' }),
    });
    await page.goto(`${product.url}/admin/aes`);
    const machine = page.getByRole('listitem').filter({ hasText: 'MR01' });
    await machine.getByRole('button', { name: 'Gửi ảnh thử' }).click();
    await machine.getByText('MR01 đã nhận ảnh thử').waitFor();
    expect(await readdir(folder)).toHaveLength(1);
    await admin.shoot('connections-machines');
  });

  it.each([
    ['vi-VN', 390, 844],
    ['en-GB', 390, 844],
    ['en-GB', 820, 1180],
    ['vi-VN', 1366, 768],
    ['en-GB', 1920, 1080],
  ])('has its place in %s on a screen of %i by %i', async (locale, width, height) => {
    await using watched = await openPage(browser, { locale, width, height });
    const { page } = watched;
    await signIn(page);
    for (const path of ['connections', 'connections?view=log', 'aes']) {
      await page.goto(`${product.url}/admin/${path}`);
      await page.getByText('US-KHOA-SAN').first().waitFor();
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      expect(overflow, path).toBeLessThanOrEqual(0);
      await watched.shoot(`connections-${path.replace(/\W+/g, '-')}-${locale}-${width}`);
    }
    expect(watched.faults).toEqual([]);
  });

  it('wrote no fault on the console', () => {
    expect(admin.faults).toEqual([]);
  });
});
