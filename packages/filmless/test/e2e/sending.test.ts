// needs: chromium, dcmtk
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chestRadiograph } from '@filmless/fixtures';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, ADMIN_TOKEN, type Product, startProduct } from '../support/product.ts';
import { freePort, startStoreScp } from '../support/storescp.ts';

const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
`;
const DOCTOR_PASSWORD = 'a doctor who only reads here';
/** Answers that Chromium writes to the console itself. */
const EXPECTED = /status of (400|401|403|409)/;

/** A workstation that takes MR and nothing else: what is a CT is refused for what it is. */
const ONLY_MR = `[[TransferSyntaxes]]
[Uncompressed]
TransferSyntax1 = LittleEndianExplicit
TransferSyntax2 = LittleEndianImplicit

[[PresentationContexts]]
[Taken]
PresentationContext1 = VerificationSOPClass\\Uncompressed
PresentationContext2 = MRImageStorage\\Uncompressed

[[Profiles]]
[Default]
PresentationContexts = Taken
`;

const RULES = `rules:
  - { name: Hội chẩn, when: { tags: { AccessionNumber: CHAM1 } }, then: [{ send: { to: thu-muc, class: consultation } }, { stop: true }] }
  - { name: Gửi trạm đọc, then: [{ send: tram-doc }] }
  - { name: Lưu ra thư mục, when: { callingAe: KHONG-CO }, then: [{ send: thu-muc }] }
`;

const PATIENTS = ['Nguyễn^Thị Ánh', 'Trần^Văn Bình', 'Lê^Thị Cúc', 'Đỗ^Văn Dũng'];

describe('destinations and queues in a browser', () => {
  let folder: string;
  let received: string;
  let profiles: string;
  let port: number;
  let product: Product;
  let browser: Browser;
  let admin: WatchedPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-sending-'));
    received = join(folder, 'received');
    await mkdir(received);
    profiles = join(folder, 'only-mr.cfg');
    await writeFile(profiles, ONLY_MR);
    port = await freePort();
    product = await startProduct({ config: CONFIG });
    browser = await startBrowser();
    admin = await openPage(browser);
    await signIn(admin.page, 'admin', ADMIN_PASSWORD);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const signIn = async (page: Page, username: string, password: string) => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill(username);
    await page.locator('input[type="password"]').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };
  const card = (page: Page, id: string): Locator =>
    page.getByRole('listitem').filter({ has: page.locator('strong', { hasText: new RegExp(`^${id}$`) }) });
  /** One image of a CT. */
  const upload = async (number: number) => {
    const root = `2.25.905${number}`;
    const patient = { name: PATIENTS[number] ?? '', id: `MAU90${number}`, birthDate: '19700101', accession: `GUI${number}` };
    const study = { study: root, series: `${root}.1`, sop: `${root}.1.1`, studyDate: '20260302', studyTime: '080000' };
    const headers = { 'content-type': 'application/dicom' };
    const answer = await product.fetch('/dicom-web/studies', { method: 'POST', headers, body: patientFile(patient, study) });
    expect(answer.status).toBe(200);
  };
  const overflow = (page: Page) =>
    page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

  it('says where to begin while there is no destination', async () => {
    const { page } = admin;
    await page.goto(`${product.url}/admin/queues`);
    await page.getByText('Chưa có nơi nhận nào').waitFor();
    await admin.shoot('sending-queues-empty');
    await page.getByRole('link', { name: 'Đến trang Nơi nhận' }).click();
    await page.getByRole('heading', { name: 'Nơi nhận', level: 1 }).waitFor();
    await page.getByText('Chưa có nơi nhận nào').waitFor();
    await admin.shoot('sending-destinations-empty');
  });

  it('adds a DICOM node, and tells in words whether it answers', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Thêm nơi nhận' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên gọi').fill('Trạm đọc');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.getByText('Chỉ dùng chữ thường không dấu').waitFor();
    await admin.shoot('sending-dialog-faults');
    await dialog.getByLabel('Tên gọi').fill('tram-doc');
    await dialog.getByLabel('AE Title', { exact: false }).first().fill('TRAMDOC');
    await dialog.getByLabel('Địa chỉ IP hoặc tên máy').fill('127.0.0.1');
    await dialog.getByLabel('Cổng').fill(String(port));
    await admin.shoot('sending-dialog-dicom');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    const made = card(page, 'tram-doc');
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('không có chương trình nào nhận kết nối').waitFor();
    await admin.shoot('sending-test-refused');
    await using _ = await startStoreScp(received, { port, profiles });
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('tram-doc trả lời C-ECHO').waitFor();
  });

  it('adds another hospital with its legal basis and its line, and never shows the key again', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Thêm nơi nhận' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Loại').first().selectOption('filmless');
    await dialog.getByLabel('Tên gọi').fill('bv-tinh');
    await dialog.getByLabel('Địa chỉ', { exact: false }).first().fill(product.url);
    await dialog.getByText('chỉ dùng trong mạng riêng').waitFor();
    await dialog.getByLabel('Khóa mà bên kia cấp').fill('khong-dung');
    await dialog.getByLabel('Tên cơ sở nhận').fill('BVĐK tỉnh');
    await dialog.getByText('sẽ để riêng, không gửi').last().waitFor();
    await dialog.getByLabel('Căn cứ pháp lý').selectOption('referral');
    await dialog.getByLabel('Giấy tờ, số văn bản').fill('Quy chế chuyển tuyến 12/2026');
    await dialog.getByText('Đường truyền', { exact: true }).click();
    await dialog.getByLabel('Tốc độ gửi (Mbit/s)').fill('1,84');
    await dialog.getByText('= 230 kB mỗi giây').waitFor();
    await dialog.getByRole('button', { name: 'Thêm giờ khác tốc độ' }).click();
    await dialog.getByLabel('Trong giờ đó (Mbit/s)').fill('8');
    await admin.shoot('sending-dialog-filmless');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    const made = card(page, 'bv-tinh');
    await made.getByText('18:00–06:00: 8 Mbit/s (1 MB/giây)').waitFor();
    await made.getByText('Chuyển tuyến (chuyển cơ sở) (Quy chế chuyển tuyến 12/2026)').waitFor();
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('không chấp nhận khóa').waitFor();
    await made.getByRole('button', { name: 'Sửa' }).click();
    await dialog.getByText('Đã có khóa và không hiện lại').waitFor();
    expect(await dialog.getByLabel('Khóa mà bên kia cấp').inputValue()).toBe('');
    await admin.shoot('sending-dialog-kept');
    await dialog.getByLabel('Khóa mà bên kia cấp').fill(ADMIN_TOKEN);
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('khóa đúng và được phép tải ảnh lên').waitFor();
  });

  it('adds a DICOMweb server and a folder', async () => {
    const { page } = admin;
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Thêm nơi nhận' }).click();
    await dialog.getByLabel('Loại').first().selectOption('dicomweb');
    await dialog.getByLabel('Tên gọi').fill('kho-cu');
    await dialog.getByLabel('Địa chỉ', { exact: false }).first().fill('https://127.0.0.1:1/dicom-web');
    await dialog.getByText('Chứng thư TLS').click();
    await dialog.getByLabel('Mã hóa').selectOption('fingerprint');
    await dialog.getByLabel('Dấu vân tay SHA-256').fill('ab:'.repeat(32).slice(0, -1));
    await admin.shoot('sending-dialog-dicomweb');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Thêm nơi nhận' }).click();
    await dialog.getByLabel('Loại').first().selectOption('folder');
    await dialog.getByLabel('Tên gọi').fill('thu-muc');
    await dialog.getByLabel('Đường dẫn').fill(join(folder, 'chua-co'));
    await admin.shoot('sending-dialog-folder');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    const made = card(page, 'thu-muc');
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('Không thấy thư mục').waitFor();
    await mkdir(join(folder, 'chua-co'));
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('Ghi được vào thư mục').waitFor();
  });

  it('does not remove what a rule sends to, and names the rule', async () => {
    expect((await product.fetch('/api/rules', { method: 'PUT', body: RULES })).status).toBe(200);
    const { page } = admin;
    await page.reload();
    const made = card(page, 'thu-muc');
    await made.getByText('Theo quy tắc: Hội chẩn, Lưu ra thư mục').waitFor();
    await admin.shoot('sending-destinations');
    await made.getByRole('button', { name: 'Sửa' }).click();
    await page.getByRole('button', { name: 'Xóa nơi nhận' }).click();
    const asking = page.getByRole('dialog', { name: 'Xóa nơi nhận thu-muc?' });
    await asking.getByText('các quy tắc sau còn gửi tới đây').waitFor();
    await asking.getByRole('listitem').filter({ hasText: 'Lưu ra thư mục' }).waitFor();
    await admin.shoot('sending-delete-refused');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').first().waitFor({ state: 'detached' });
    const free = card(page, 'kho-cu');
    await free.getByRole('button', { name: 'Sửa' }).click();
    await page.getByRole('button', { name: 'Xóa nơi nhận' }).click();
    const confirming = page.getByRole('dialog', { name: 'Xóa nơi nhận kho-cu?' });
    await confirming.getByRole('button', { name: 'Xóa nơi nhận' }).click();
    await free.waitFor({ state: 'detached' });
  });

  it('shows what was refused under the patient’s name, and at one press it arrives', async () => {
    const { page } = admin;
    {
      await using _ = await startStoreScp(received, { port, profiles });
      await upload(0);
      await upload(1);
      await page.goto(`${product.url}/admin/queues`);
      await card(page, 'tram-doc').getByText('2 ảnh để riêng', { exact: true }).waitFor();
      await card(page, 'tram-doc').getByText('không nhận loại ảnh này').first().waitFor();
      await admin.shoot('sending-queues-aside');
      await page.getByRole('link', { name: 'Xem từng ảnh tram-doc' }).click();
      await page.getByRole('link', { name: 'Trần Văn Bình' }).waitFor();
      await page.getByRole('button', { name: 'Để riêng', exact: true }).click();
      await page.getByRole('link', { name: 'Nguyễn Thị Ánh' }).waitFor();
      await admin.shoot('sending-deliveries-aside');
    }
    await using _ = await startStoreScp(received, { port });
    const group = page.locator('tbody').filter({ hasText: 'Nguyễn Thị Ánh' });
    await group.getByRole('button', { name: 'Gửi lại', exact: true }).click();
    await expect.poll(() => readdir(received), { timeout: 20_000 }).toHaveLength(1);
    await page.getByRole('button', { name: 'Đã gửi', exact: true }).click();
    await page.getByRole('link', { name: 'Nguyễn Thị Ánh' }).waitFor();
    await page.getByRole('link', { name: 'Nguyễn Thị Ánh' }).click();
    await page.waitForURL(/\/view\?study=2\.25\.9050$/);
  });

  it('in English sends all that was set aside at one press', async () => {
    await using english = await openPage(browser, { locale: 'en-GB' });
    const { page } = english;
    await signIn(page, 'admin', ADMIN_PASSWORD);
    await page.goto(`${product.url}/admin/queues?at=tram-doc`);
    await page.getByText('does not take this kind of image').first().waitFor();
    await english.shoot('sending-queue-en');
    await using _ = await startStoreScp(received, { port });
    await page.getByRole('button', { name: 'Send 1 set aside again' }).click();
    await expect.poll(() => readdir(received), { timeout: 20_000 }).toHaveLength(2);
    await page.getByText('Sent', { exact: true }).first().waitFor();
    expect(english.faults).toEqual([]);
  });

  it('says why nothing goes while the receiver is away, when it is tried next, and can be paused', async () => {
    const { page } = admin;
    await upload(2);
    await page.goto(`${product.url}/admin/queues`);
    const queue = card(page, 'tram-doc');
    await queue.getByText('không có chương trình nào nhận kết nối').waitFor();
    await queue.getByText('Thử lại lúc').waitFor();
    await queue.getByText('Thường quy').waitFor();
    await admin.shoot('sending-queues-broken');
    await queue.getByRole('button', { name: 'Tạm dừng tram-doc' }).click();
    await queue.getByText('đang tạm dừng').waitFor();
    await admin.shoot('sending-queues-paused');
    await upload(3);
    await page.getByRole('link', { name: 'Xem từng ảnh tram-doc' }).click();
    const group = page.locator('tbody').filter({ hasText: 'Đỗ Văn Dũng' });
    await group.getByRole('button', { name: 'Lấy ca chụp của Đỗ Văn Dũng ra khỏi hàng đợi' }).click();
    await page.getByRole('dialog').getByText('Ảnh vẫn còn trong kho lưu trữ').waitFor();
    await admin.shoot('sending-remove');
    await page.getByRole('dialog').getByRole('button', { name: 'Lấy ra' }).click();
    await group.waitFor({ state: 'detached' });
    await using _ = await startStoreScp(received, { port });
    await page.getByRole('button', { name: 'Gửi tiếp tram-doc' }).click();
    await expect.poll(() => readdir(received), { timeout: 20_000 }).toHaveLength(3);
    await queue.getByText('Bình thường').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Thử ngay' }).count()).toBe(0);
    await admin.shoot('sending-queue-done');
  });

  it('foretells when what waits on a slow line will have arrived', async () => {
    const slow = { kind: 'folder', path: join(folder, 'chua-co'), line: { bytesPerSecond: 1000 } };
    const headers = { 'content-type': 'application/json' };
    const changed = await product.fetch('/api/destinations/thu-muc', { method: 'PUT', headers, body: JSON.stringify(slow) });
    expect(changed.status).toBe(200);
    const { bytes } = chestRadiograph({
      seed: 'a slow line',
      patient: { id: 'MAU909', name: 'Phạm^Thị Xuân', birthDate: '19800101', sex: 'F' },
      at: new Date('2026-03-02T08:00:00Z'),
      accessionNumber: 'CHAM1',
      description: 'Ngực thẳng',
    });
    const body = new Uint8Array(bytes);
    await product.fetch('/dicom-web/studies', { method: 'POST', headers: { 'content-type': 'application/dicom' }, body });
    const { page } = admin;
    await page.goto(`${product.url}/admin/queues`);
    const queue = card(page, 'thu-muc');
    await queue.getByText('Hội chẩn').waitFor();
    await queue.getByText(/tới lúc \d\d\/\d\d\/\d{4} \d\d:\d\d/).waitFor();
    await queue.getByText('0,01 Mbit/s (1 kB/giây)').waitFor();
    await admin.shoot('sending-queues-slow');
  });

  it('at a gateway shows the way to the centre, which can be tried and paused and not changed', async () => {
    const key = await product.fetch('/api/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'lapvo', rights: ['view', 'upload', 'relay'], facilities: ['main'] }),
    });
    const { token } = (await key.json()) as { readonly token: string };
    await using gateway = await startProduct({
      config: CONFIG,
      args: ['--role', 'router', '--archive', product.url],
      environment: { FILMLESS_ARCHIVE_TOKEN: token },
    });
    await using watched = await openPage(browser);
    const { page } = watched;
    await page.goto(gateway.url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
    await page.goto(`${gateway.url}/admin/destinations`);
    const made = card(page, 'archive');
    await made.getByText('Cố định').waitFor();
    expect(await made.getByRole('button', { name: 'Sửa' }).count()).toBe(0);
    await made.getByRole('button', { name: 'Thử kết nối' }).click();
    await made.getByText('khóa đúng và được phép tải ảnh lên').waitFor();
    await watched.shoot('sending-gateway');
    await page.goto(`${gateway.url}/admin/queues`);
    await card(page, 'archive').getByRole('button', { name: 'Tạm dừng archive' }).click();
    await card(page, 'archive').getByText('Tạm dừng', { exact: true }).first().waitFor();
    expect(watched.faults).toEqual([]);
  });

  it('is closed to whoever may not administer', async () => {
    const headers = { 'content-type': 'application/json' };
    const doctor = {
      ...{ username: 'bacsi.doc', displayName: 'Bác sĩ Đọc', role: 'doctor', facilities: ['main'] },
      password: DOCTOR_PASSWORD,
    };
    const made = await product.fetch('/api/users', { method: 'POST', headers, body: JSON.stringify(doctor) });
    expect(made.status, await made.text()).toBe(201);
    await using other = await openPage(browser);
    await signIn(other.page, 'bacsi.doc', DOCTOR_PASSWORD);
    for (const path of ['destinations', 'queues']) {
      await other.page.goto(`${product.url}/admin/${path}`);
      await other.page.getByText('không được mở trang này').waitFor();
    }
    await other.shoot('sending-forbidden');
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
    await signIn(page, 'admin', ADMIN_PASSWORD);
    for (const path of ['destinations', 'queues', 'queues?at=tram-doc']) {
      await page.goto(`${product.url}/admin/${path}`);
      await page.getByText('tram-doc').first().waitFor();
      if (path.includes('at=')) {
        await page.getByText('Lê Thị Cúc').waitFor();
      }
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      await watched.shoot(`sending-${path.replace(/\W+/g, '-')}-${locale}-${width}`);
    }
    if (width < 820) {
      const fold = page.locator('.admin-nav-fold');
      expect(await fold.getAttribute('aria-expanded')).toBe('false');
      await fold.click();
      await page.getByRole('link', { name: /^(Cơ sở|Facilities)$/ }).waitFor();
      await watched.shoot(`sending-pages-${locale}`);
    }
    expect(watched.faults).toEqual([]);
  });

  it('wrote no fault on the console', () => {
    expect(admin.faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
  });
});
