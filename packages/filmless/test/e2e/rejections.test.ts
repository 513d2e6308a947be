// needs: chromium
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { json, stow } from '../support/facilities.ts';
import { patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';

const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
`;
const PASSWORD = 'a radiographer rejects images';
const PATIENT = { name: 'Trần^Thị Hoa', id: 'MAU4711', birthDate: '19850203', accession: 'REJ1' };
const STUDY = '2.25.8800.1';

/** Series 1 has two images, series 2 has one. */
function files(): readonly Uint8Array<ArrayBuffer>[] {
  return [
    [1, 1],
    [1, 2],
    [2, 1],
  ].map(([series, number]) => {
    const uids = { study: STUDY, series: `${STUDY}.${series}`, sop: `${STUDY}.${series}.${number}` };
    return patientFile(PATIENT, { ...uids, studyDate: '20260302', studyTime: '080000' });
  });
}

describe('images that are rejected', () => {
  let product: Product;
  let browser: Browser;
  let radiographer: WatchedPage;

  beforeAll(async () => {
    product = await startProduct({ config: CONFIG });
    for (const file of files()) {
      expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    }
    const user = { username: 'ktv.mau', displayName: 'KTV Mẫu', role: 'radiographer', facilities: ['main'], password: PASSWORD };
    expect((await product.fetch('/api/users', { method: 'POST', ...json(user) })).status).toBe(201);
    browser = await startBrowser();
    radiographer = await openPage(browser);
    radiographer.page.setDefaultTimeout(30_000);
    await signIn(radiographer.page, 'ktv.mau', PASSWORD);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const signIn = async (page: Page, username: string, password: string) => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill(username);
    await page.locator('input[type="password"]').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };
  const images = async (): Promise<number> =>
    ((await (await product.fetch(`/dicom-web/instances?StudyInstanceUID=${STUDY}`)).json()) as readonly unknown[]).length;
  const openDialog = async (page: Page) => {
    await page.goto(product.url);
    const row = page.getByRole('row').filter({ hasText: 'Trần Thị Hoa' });
    await row.hover();
    await row.getByRole('button', { name: 'Xem nhanh' }).click();
    await page.getByRole('button', { name: 'Loại ảnh' }).click();
    return page.getByRole('dialog', { name: 'Loại ảnh khỏi sử dụng' });
  };

  it('are rejected series by series, with a reason, after they were asked for twice', async () => {
    const { page } = radiographer;
    const dialog = await openDialog(page);
    await dialog.getByRole('button', { name: 'Tiếp tục' }).click();
    await dialog.getByText('Chọn lý do.').waitFor();
    // That their time is over is said by who may delete.
    expect(await dialog.getByLabel('Lý do loại').locator('option').allTextContents()).not.toContain('Hết thời hạn lưu trữ');
    await dialog.getByLabel('Lý do loại').selectOption('113001');
    await dialog.getByLabel('Ghi chú').fill('Người bệnh cử động');
    await dialog.getByLabel('Loại những ảnh nào').selectOption('some');
    await dialog.getByText('· 1 ảnh').click();
    await radiographer.shoot('reject-dialog');
    await dialog.getByRole('button', { name: 'Tiếp tục' }).click();
    const question = page.getByRole('dialog', { name: 'Loại 1 ảnh của Trần Thị Hoa?' });
    await question.waitFor();
    await radiographer.shoot('reject-question');
    expect(await images()).toBe(3);
    await question.getByRole('button', { name: 'Loại ảnh' }).click();
    await page.getByText('Đã loại 1 ảnh.').waitFor();
    expect(await images()).toBe(2);
  });

  it('are rejected whole, and the study leaves the list', async () => {
    const { page } = radiographer;
    const dialog = await openDialog(page);
    await dialog.getByLabel('Lý do loại').selectOption('113038');
    await dialog.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByRole('dialog', { name: 'Loại 2 ảnh của Trần Thị Hoa?' }).getByRole('button', { name: 'Loại ảnh' }).click();
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'Trần Thị Hoa' }).count(), { timeout: 30_000 }).toBe(0);
    expect(await images()).toBe(0);
  });

  it('stand on their page, and come back from there', async () => {
    const { page } = radiographer;
    await page.goto(`${product.url}/admin/rejections`);
    const row = page.getByRole('row').filter({ hasText: 'Người bệnh cử động' });
    await row.getByText('Chất lượng ảnh không đạt').waitFor();
    expect(await row.textContent()).toMatch(/Trần Thị Hoa.*MAU4711.*1 ảnh.*ktv\.mau/);
    await radiographer.shoot('admin-rejections');
    await row.getByRole('button', { name: 'Xem' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ảnh bị loại' });
    const file = dialog.getByRole('link', { name: `Tải tệp DICOM ${STUDY}.2.1` });
    await file.waitFor();
    await radiographer.shoot('admin-rejection');
    expect(await dialog.getByRole('button', { name: 'Xóa hẳn' }).count()).toBe(0);
    await dialog.getByRole('button', { name: 'Khôi phục' }).click();
    await page.getByRole('dialog', { name: 'Khôi phục 1 ảnh?' }).getByRole('button', { name: 'Khôi phục' }).click();
    await row.getByText('Đã khôi phục').waitFor();
    expect(await images()).toBe(1);
  });

  it.each([
    ['phone', 390, 844],
    ['wide', 1920, 1080],
  ])('fit a %s', async (name, width, height) => {
    await using admin = await openPage(browser, { width, height });
    admin.page.setDefaultTimeout(30_000);
    await signIn(admin.page, 'admin', ADMIN_PASSWORD);
    await admin.page.goto(`${product.url}/admin/rejections`);
    await admin.page.getByText('Sai chỉ định hoặc nhầm bệnh nhân').waitFor();
    await admin.shoot(`admin-rejections-${name}`);
    const overflow = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await admin.page.evaluate(overflow)).toBe(false);
    await admin.page.getByRole('button', { name: /^Xem/ }).first().click();
    await admin.page
      .getByRole('link', { name: /^Tải tệp DICOM/ })
      .first()
      .waitFor();
    await admin.shoot(`admin-rejection-${name}`);
    expect(await admin.page.evaluate(overflow)).toBe(false);
    await admin.page.goto(product.url);
    await admin.page.getByText('Trần Thị Hoa').first().waitFor();
    await admin.page.getByRole('button', { name: 'Xem nhanh' }).first().click();
    await admin.page.getByRole('button', { name: 'Loại ảnh' }).click();
    await admin.page.getByLabel('Lý do loại').selectOption('113039');
    await admin.shoot(`reject-dialog-${name}`);
    await admin.page.getByRole('button', { name: 'Hủy' }).click();
    await admin.shoot(`preview-${name}`);
    expect(await admin.page.evaluate(overflow)).toBe(false);
    expect(admin.faults).toEqual([]);
  });

  it('are removed for good by who may delete, after they were asked for twice more', async () => {
    await using admin = await openPage(browser);
    const { page } = admin;
    page.setDefaultTimeout(30_000);
    await signIn(page, 'admin', ADMIN_PASSWORD);
    await page.goto(`${product.url}/admin/rejections`);
    await page.getByLabel('Hiển thị').selectOption('hidden');
    await expect.poll(() => page.getByRole('button', { name: /^Xem/ }).count()).toBe(1);
    await page.getByRole('button', { name: /^Xem/ }).click();
    await page.getByRole('dialog', { name: 'Ảnh bị loại' }).getByRole('button', { name: 'Xóa hẳn' }).click();
    await page.getByRole('dialog', { name: 'Xóa hẳn 2 ảnh?' }).getByRole('button', { name: 'Xóa hẳn' }).click();
    const again = page.getByRole('dialog', { name: 'Xóa hẳn ngay bây giờ?' });
    await again.waitFor();
    await admin.shoot('admin-rejection-remove');
    await again.getByRole('button', { name: 'Vẫn xóa hẳn' }).click();
    await page.getByText('Đã xóa hẳn 2 ảnh.').waitFor();
    await page.getByLabel('Hiển thị').selectOption('removed');
    await page.getByRole('button', { name: /^Xem/ }).click();
    await page.getByText('chỉ còn dòng nhật ký này').waitFor();
    const { lines } = (await (await product.fetch(`/api/audit?study=${STUDY}&limit=50`)).json()) as {
      readonly lines: readonly { readonly action: string }[];
    };
    const actions = lines.map(({ action }) => action).filter((action) => /reject|restore|remove/.test(action));
    expect(actions).toEqual(['study.remove', 'study.restore', 'study.reject', 'study.reject']);
    expect(radiographer.faults).toEqual([]);
  });
});
