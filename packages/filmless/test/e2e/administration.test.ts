// needs: chromium
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chestRadiograph, mrBrain, type SampleStudy } from '@filmless/fixtures';
import { zipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { freePort } from '../support/storescp.ts';

const DOCTOR_PASSWORD = 'a doctor of Thap Muoi reads';
const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
`;
/** Refused sign-ins and lost rights are answers Chromium itself writes to the console. */
const EXPECTED = /status of (401|403|404)/;

function study(name: string, number: number): SampleStudy {
  const patient = { id: `MAU20000${number}`, name, birthDate: '19800101', sex: 'F' } as const;
  return {
    seed: `administration ${number}`,
    patient,
    at: new Date('2026-03-02T08:00:00Z'),
    accessionNumber: `ADM${number}`,
    description: name,
  };
}

describe('administration and upload in a browser', () => {
  let folder: string;
  let product: Product;
  let browser: Browser;
  let admin: WatchedPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-admin-'));
    product = await startProduct({ config: CONFIG });
    browser = await startBrowser();
    admin = await openPage(browser);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const signIn = async ({ page }: WatchedPage, username: string, password: string) => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill(username);
    await page.locator('input[type="password"]').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };

  it('uploads a file and a ZIP, and says what it left out', async () => {
    await signIn(admin, 'admin', ADMIN_PASSWORD);
    const file = join(folder, 'chest.dcm');
    await writeFile(file, chestRadiograph(study('Đặng^Thị Hạnh', 1)).bytes);
    const slices = [...mrBrain(study('Vũ^Đăng Khoa', 2), 4)].map(({ bytes }, index) => [`DICOM/IM${index}`, bytes] as const);
    const zip = join(folder, 'disc.zip');
    await writeFile(
      zip,
      zipSync({ ...Object.fromEntries(slices), 'README.TXT': new TextEncoder().encode('no picture') }, { level: 0 }),
    );
    await admin.page.locator('input[type="file"]').first().setInputFiles([file, zip]);
    const panel = admin.page.locator('.upload-panel');
    await panel.getByText('Đã tải lên xong').waitFor({ timeout: 60_000 });
    await admin.shoot('upload-done');
    expect(await panel.textContent()).toMatch(/\d+ đã lưu/);
    expect(await panel.textContent()).toContain('1 bỏ qua');
    await admin.page.getByText('Đặng Thị Hạnh').first().waitFor();
    await admin.page.getByText('Vũ Đăng Khoa').first().waitFor();
  });

  it('makes a facility and a doctor of it', async () => {
    const { page } = admin;
    await page.goto(`${product.url}/admin/facilities`);
    await page.getByRole('button', { name: 'Thêm cơ sở' }).first().click();
    await page.getByLabel('Tên cơ sở').fill('Trung tâm Y tế khu vực Mẫu');
    await page.getByLabel('Mã cơ sở').fill('ttyt-mau');
    await page.getByLabel('Nơi cấp mã BN').fill('TTYTMAU');
    await page.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('Trung tâm Y tế khu vực Mẫu').first().waitFor();
    await admin.shoot('admin-facilities');
    await page.goto(`${product.url}/admin/users`);
    await page.getByRole('button', { name: 'Thêm người dùng' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Họ và tên').fill('Bác sĩ Mẫu');
    await dialog.getByLabel('Tên đăng nhập').fill('bacsi.mau');
    await dialog.locator('input[type="password"]').fill(DOCTOR_PASSWORD);
    await dialog.locator('select').selectOption('doctor');
    await dialog.getByText('Trung tâm Y tế khu vực Mẫu').click();
    await admin.shoot('admin-user');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('bacsi.mau').first().waitFor();
    await admin.shoot('admin-users');
  });

  it('shows the new doctor nothing of the other facility, until a study is shared with hers', async () => {
    await using doctor = await openPage(browser);
    await signIn(doctor, 'bacsi.mau', DOCTOR_PASSWORD);
    await doctor.page
      .getByText('0 ca chụp')
      .or(doctor.page.getByText('Chưa có ca chụp', { exact: false }))
      .first()
      .waitFor();
    await doctor.shoot('doctor-empty');
    expect(await doctor.page.getByText('Vũ Đăng Khoa').count()).toBe(0);
    const list = (await (await product.fetch('/api/studies?q=khoa')).json()) as {
      readonly studies: readonly { readonly studyInstanceUid: string }[];
    };
    const [{ studyInstanceUid } = { studyInstanceUid: '' }] = list.studies;
    await doctor.page.goto(`${product.url}/view?study=${studyInstanceUid}`);
    await doctor.page
      .getByText(/không (tìm thấy|có)/i)
      .first()
      .waitFor();
    await doctor.shoot('doctor-refused');
    const shared = await product.fetch(`/api/studies/${studyInstanceUid}/shares`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ facility: 'ttyt-mau', basis: 'consultation', evidence: 'HC-01/2026' }),
    });
    expect(shared.status, await shared.text()).toBe(201);
    await doctor.page.goto(product.url);
    await doctor.page.getByText('Vũ Đăng Khoa').first().waitFor();
    expect(await doctor.page.getByText('Đặng Thị Hạnh').count()).toBe(0);
    expect(doctor.faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
  });

  it('adds a machine and says in words why it does not answer', async () => {
    const { page } = admin;
    await page.goto(`${product.url}/admin/aes`);
    await page.getByRole('button', { name: 'Thêm máy' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('AE Title').fill('CT01');
    await dialog.getByLabel('Địa chỉ IP hoặc tên máy').fill('127.0.0.1');
    await dialog.getByLabel('Cổng').fill(String(await freePort()));
    await admin.shoot('admin-machine-dialog');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('CT01').first().waitFor();
    await page.getByRole('button', { name: 'Kiểm tra kết nối' }).first().click();
    await page.getByText('không có chương trình nào nhận kết nối', { exact: false }).waitFor();
    await admin.shoot('admin-machines');
  });

  it('sets what a machine sees of the worklist, how its text is read, and its certificate', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Sửa CT01' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Giới hạn danh sách chờ chụp').click();
    await dialog.getByLabel('Loại chụp').fill('ct, mr');
    await dialog.getByLabel('Phòng chụp').fill('P 101');
    await dialog.getByLabel('Số ngày trước và sau hôm nay').fill('một');
    await dialog.getByText('Bộ chữ và ảnh trùng').click();
    await dialog.getByLabel('Đọc chữ của máy theo bộ mã').selectOption('windows-1258');
    await dialog.getByLabel('Khi máy gửi lại ảnh khác nội dung').selectOption('keepFirst');
    await dialog.getByText('Gửi tên không dấu cho máy này').click();
    await dialog.getByText('Kết nối mã hóa (DICOM TLS)').click();
    await dialog.getByLabel('Mã hóa').first().selectOption('fingerprint');
    await dialog.getByLabel('Dấu vân tay SHA-256').fill('ab:'.repeat(32).slice(0, -1));
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.getByText('Số ngày từ 0 đến 366').waitFor();
    await dialog.getByLabel('Số ngày trước và sau hôm nay').fill('1');
    await admin.shoot('admin-machine-settings');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('CT, MR, P 101, ±1').waitFor();
    await admin.shoot('admin-machines-set');
    const { aes } = (await (await product.fetch('/api/aes')).json()) as { readonly aes: readonly object[] };
    expect(aes).toEqual([
      expect.objectContaining({
        title: 'CT01',
        worklist: { modalities: ['CT', 'MR'], rooms: ['P 101'], days: 1 },
        charsetIn: 'windows-1258',
        onConflict: 'keepFirst',
        asciiNames: true,
        tls: { fingerprint: 'AB'.repeat(32) },
      }),
    ]);
  });

  it('keeps who did what', async () => {
    await admin.page.goto(`${product.url}/admin/audit`);
    await admin.page.getByText('bacsi.mau').or(admin.page.getByText('Bác sĩ Mẫu')).first().waitFor();
    await admin.shoot('admin-audit');
  });

  it.each([
    ['phone', 390, 844],
    ['wide', 1920, 1080],
  ])('fits a %s', async (name, width, height) => {
    await using other = await openPage(browser, { width, height, locale: 'en-GB' });
    await signIn(other, 'admin', ADMIN_PASSWORD);
    await other.page.getByText('Vũ Đăng Khoa').first().waitFor();
    await other.shoot(`worklist-${name}`);
    const overflow = await other.page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect(overflow).toBe(false);
  });

  it('said nothing on the console', () => {
    expect(admin.faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
  });
});
