// needs: chromium
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { stow } from '../support/facilities.ts';
import { performedStep, today, wish } from '../support/orders.ts';
import { patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';

const PASSWORD = 'a radiographer of Sa Dec waits';
const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
aes:
  - { title: CT01, host: 10.0.0.11, port: 104, may: [store, query], facility: main, worklist: { modalities: [CT] } }
  - { title: XQ01, may: [store, query], facility: main }
`;
/** Refusals that a test asks for: Chromium writes each of them to the console. */
const EXPECTED = /status of (400|401|409)/;

const REQUESTED = {
  requests: [
    { id: 1, destination: 'tinh', state: 'answered', instances: 48, refused: 1, problem: null, askedAt: '2026-03-01T01:00:00Z' },
  ],
  next: null,
};
const STUDIES = /\/api\/studies\?/;

describe('orders in a browser', () => {
  let product: Product;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    product = await startProduct({ config: CONFIG, args: ['--dicom-tls-port', '0'] });
    browser = await startBrowser();
    watched = await openPage(browser);
    ({ page } = watched);
    const made = await send('POST', '/api/users', {
      username: 'ktv.mau',
      displayName: 'KTV Mẫu',
      role: 'radiographer',
      facilities: ['main'],
      password: PASSWORD,
    });
    expect(made.status, await made.text()).toBeLessThan(300);
    await signIn(page, 'ktv.mau', PASSWORD);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const send = (method: string, path: string, body: object) =>
    product.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  const order = async (accessionNumber: string, name: string, more: object = {}) => {
    const response = await send('POST', '/api/orders', wish(accessionNumber, name, more));
    expect(response.status, await response.text()).toBe(201);
  };

  const signIn = async (on: Page, username: string, password: string) => {
    await on.goto(product.url);
    await on.locator('input[name="username"]').fill(username);
    await on.locator('input[type="password"]').fill(password);
    await on.keyboard.press('Enter');
    await on.getByRole('searchbox').waitFor();
  };

  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const dialog = () => page.getByRole('dialog');
  /** The question over another dialog. */
  const asking = (name: string) => page.getByRole('dialog', { name });
  const nothing = () => page.getByRole('heading', { name: 'Không có chỉ định nào' });

  it('shows that nobody waits today, and is reached from the bar', async () => {
    await page.getByRole('link', { name: 'Chỉ định', exact: true }).click();
    await nothing().waitFor();
    await watched.shoot('orders-none');
  });

  it('says beside each field what is missing, and puts the focus on the first', async () => {
    await page.keyboard.press('n');
    await dialog().getByRole('button', { name: 'Lưu chỉ định' }).click();
    await dialog().getByText('Còn mục chưa đúng', { exact: false }).waitFor();
    expect(await dialog().locator('[aria-invalid="true"]').count()).toBe(4);
    await dialog().locator('[aria-invalid="true"]:focus').waitFor();
    await watched.shoot('order-form-empty');
  });

  it('takes an order typed with the keyboard, and makes its number', async () => {
    await dialog().getByLabel('Mã BN').focus();
    await page.keyboard.type('0000012345');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Nguyễn Văn An');
    await page.keyboard.press('Tab');
    await page.keyboard.type('20051980');
    await page.keyboard.press('Tab');
    expect(await dialog().getByLabel('Ngày sinh').inputValue()).toBe('20/05/1980');
    await dialog().getByLabel('Giới tính').selectOption('M');
    await dialog().getByText('Cấp cứu').click();
    await dialog().getByLabel('Nội dung cần chụp').fill('CT sọ não không tiêm thuốc');
    await dialog().getByLabel('Khoa chỉ định').fill('Khoa Cấp cứu');
    await dialog().getByLabel('Máy chụp (AE Title)').fill('CT01');
    expect(await dialog().getByLabel('Loại chụp').inputValue(), 'the only modality of CT01').toBe('CT');
    await dialog().getByLabel('Giờ').fill('8h30');
    await watched.shoot('order-form-filled');
    await page.keyboard.press('Enter');
    await page.getByText('Đã thêm chỉ định', { exact: false }).waitFor();
    await row('Nguyễn Văn An').waitFor();
    expect(await row('Nguyễn Văn An').textContent()).toMatch(/08:30.*Cấp cứu.*0000012345.*CT01.*CT sọ não.*Chờ chụp/);
    const { orders } = (await (await product.fetch('/api/orders?patientId=0000012345')).json()) as {
      readonly orders: readonly { readonly patient: object; readonly priority: string; readonly steps: readonly object[] }[];
    };
    expect(orders).toHaveLength(1);
    expect(orders[0]).toMatchObject({
      patient: { name: 'Nguyễn Văn An', birthDate: '1980-05-20', sex: 'M' },
      priority: 'STAT',
      steps: [{ modality: 'CT', stationAeTitle: 'CT01', start: `${today()}T08:30:00` }],
    });
  });

  it('shows by itself what a HIS orders, and finds it without accents', async () => {
    await order('HIS001', 'Trần^Thị Bình', { patient: { id: 'W9', name: 'Trần^Thị Bình', birthDate: '1985' } });
    await row('Trần Thị Bình').waitFor();
    expect(await row('Trần Thị Bình').textContent()).toContain('(1985)');
    await page.getByRole('searchbox').fill('tran thi b');
    await row('Nguyễn Văn An').waitFor({ state: 'detached' });
    expect(await row('Trần Thị Bình').count()).toBe(1);
    await page.getByRole('searchbox').fill('HIS001');
    await page.waitForURL(/q=HIS001/);
    await row('Trần Thị Bình').waitFor();
    await page.getByRole('searchbox').fill('khong co ai');
    await nothing().waitFor();
    await page.getByRole('button', { name: 'Xóa lọc' }).first().click();
    await row('Nguyễn Văn An').waitFor();
  });

  it('tells of a number in use beside it', async () => {
    await page.getByRole('button', { name: 'Thêm chỉ định' }).click();
    await dialog().getByLabel('Mã BN').fill('0000099999');
    await dialog().getByLabel('Họ và tên').fill('Lê Hoàng Phúc');
    await dialog().getByLabel('Nội dung cần chụp').fill('X-quang ngực');
    await dialog().getByLabel('Mã phiếu chỉ định').fill('HIS001');
    await dialog().getByLabel('Loại chụp').selectOption('DX');
    await page.keyboard.press('Enter');
    await dialog().getByText('Mã phiếu này đã dùng', { exact: false }).waitFor();
    await dialog().getByLabel('Mã phiếu chỉ định').fill('HIS002');
    await page.keyboard.press('Enter');
    await row('Lê Hoàng Phúc').waitFor();
  });

  it('tells that somebody else changed the order, side by side, and loses nothing', async () => {
    await row('Trần Thị Bình').getByRole('button').click();
    await dialog().getByRole('button', { name: 'Sửa' }).click();
    await dialog().getByLabel('Khoa chỉ định').fill('Khoa Nội');
    const more = { patient: { id: 'W9', name: 'Trần^Thị Bình', birthDate: '1985' }, description: 'CT ngực có tiêm thuốc' };
    expect((await send('PUT', '/api/orders/HIS001', wish('HIS001', '', more))).status).toBe(200);
    await dialog().getByRole('button', { name: 'Lưu chỉ định' }).click();
    await dialog().getByText('Người khác vừa sửa chỉ định này').waitFor();
    expect(await dialog().getByRole('row').filter({ hasText: 'CT ngực có tiêm thuốc' }).count()).toBe(1);
    await watched.shoot('order-changed-meanwhile');
    await dialog().getByRole('button', { name: 'Dùng bản trên máy chủ' }).click();
    expect(await dialog().getByLabel('Nội dung cần chụp').inputValue()).toBe('CT ngực có tiêm thuốc');
    await dialog().getByLabel('Khoa chỉ định').fill('Khoa Nội');
    await dialog().getByRole('button', { name: 'Lưu chỉ định' }).click();
    await page.getByText('Đã lưu chỉ định HIS001', { exact: false }).waitFor();
    const kept = (await (await product.fetch('/api/orders/HIS001')).json()) as object;
    expect(kept).toMatchObject({ description: 'CT ngực có tiêm thuốc', requestingService: 'Khoa Nội' });
  });

  it('cancels an order after a question, and restores it', async () => {
    await page.getByText('Khoa Nội').or(row('Trần Thị Bình')).first().waitFor();
    await page.keyboard.press('Escape');
    await row('Lê Hoàng Phúc').getByRole('button').click();
    await dialog().getByRole('button', { name: 'Hủy chỉ định' }).click();
    await watched.shoot('order-cancel');
    await asking('Hủy chỉ định HIS002').getByRole('button', { name: 'Hủy chỉ định' }).click();
    await page.getByText('Đã hủy chỉ định HIS002', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Khôi phục chỉ định' }).click();
    await page.getByText('Đã đưa chỉ định HIS002', { exact: false }).waitFor();
    await dialog().getByText('Chờ chụp').waitFor();
    await page.keyboard.press('Escape');
  });

  it('follows what the machine reports', async () => {
    const kept = (await (await product.fetch('/api/orders/HIS001')).json()) as { readonly studyInstanceUid: string };
    const report = (method: string, status: string, images: readonly string[]) =>
      product.fetch('/api/performed-steps/2.25.900', {
        method,
        headers: { 'content-type': 'application/dicom+json' },
        body: JSON.stringify(performedStep('HIS001', kept.studyInstanceUid, status, images)),
      });
    expect((await report('POST', 'IN PROGRESS', [])).status).toBe(201);
    await row('Trần Thị Bình').getByText('Đang chụp').waitFor();
    await row('Trần Thị Bình').getByRole('button').click();
    await dialog().getByText('Máy chụp báo').waitFor();
    expect(await dialog().getByRole('button', { name: 'Hủy chỉ định' }).count()).toBe(0);
    await dialog().getByRole('button', { name: 'Sửa' }).click();
    expect(await dialog().getByLabel('Họ và tên').isDisabled()).toBe(true);
    expect(await dialog().getByLabel('Khoa chỉ định').isDisabled()).toBe(false);
    await watched.shoot('order-form-begun');
    await page.keyboard.press('Escape');
    expect((await report('PUT', 'COMPLETED', ['2.25.901', '2.25.902'])).status).toBe(200);
    await dialog().getByText('Đã chụp').first().waitFor();
    await dialog().getByText('2 ảnh').first().waitFor();
    await watched.shoot('order-details-done');
    await dialog().getByRole('button', { name: 'Đóng' }).click();
    await row('Trần Thị Bình').getByText('Đã chụp').waitFor();
  });

  it('lists what was made without an order, and matches it only after a look where the patient differs', async () => {
    const made = {
      study: '2.25.910',
      series: '2.25.911',
      sop: '2.25.912',
      studyDate: today().replaceAll('-', ''),
      studyTime: '081500',
    };
    const patient = { id: 'SAI-MA', name: 'LE HOANG PHUC', birthDate: '19800101', accession: '' };
    const stored = await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(patientFile(patient, made)) });
    expect(stored.status).toBe(200);
    await page.getByRole('link', { name: 'Ca chụp chưa có chỉ định' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'LE HOANG PHUC' }).first();
    await card.waitFor();
    await card.getByText('Trùng họ tên').waitFor();
    await watched.shoot('unmatched');
    await card.getByRole('button', { name: 'Ghép với chỉ định HIS002' }).click();
    await dialog().getByText('Thông tin người bệnh khác nhau', { exact: false }).waitFor();
    expect(await dialog().getByRole('row').filter({ hasText: 'Mã BN' }).textContent()).toMatch(/SAI-MA.*0000099999.*khác/);
    expect(await dialog().getByRole('row').filter({ hasText: 'Họ và tên' }).textContent()).toContain('chỉ khác dấu');
    expect(await dialog().getByRole('button', { name: 'Vẫn ghép' }).isDisabled()).toBe(true);
    await watched.shoot('match-different');
    await dialog().getByText('Tôi đã kiểm tra', { exact: false }).click();
    await dialog().getByRole('button', { name: 'Vẫn ghép' }).click();
    await page.getByText('Đã ghép với chỉ định HIS002', { exact: false }).waitFor();
    await page.getByText('Mọi ca chụp đều đã có chỉ định').waitFor();
    await page.getByRole('link', { name: 'Danh sách chờ chụp' }).click();
    await row('Lê Hoàng Phúc').getByRole('button').click();
    await dialog().getByText('1 ảnh').first().waitFor();
    await dialog().getByRole('button', { name: 'Tách chỉ định' }).click();
    await asking('Tách ca chụp').getByRole('button', { name: 'Tách chỉ định' }).click();
    await page.getByText('Đã tách chỉ định HIS002', { exact: false }).waitFor();
    await dialog().getByText('Chưa có ảnh').waitFor();
    await page.keyboard.press('Escape');
  });

  it('makes the order that was forgotten from what the machine wrote', async () => {
    await page.goto(`${product.url}/orders/unmatched`);
    const made = {
      study: '2.25.920',
      series: '2.25.921',
      sop: '2.25.922',
      studyDate: today().replaceAll('-', ''),
      studyTime: '090500',
    };
    const patient = { id: 'W77', name: 'Phạm^Thị Mai', birthDate: '19901231', accession: '' };
    expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(patientFile(patient, made)) })).status).toBe(200);
    const card = page.getByRole('listitem').filter({ hasText: 'Phạm Thị Mai' }).first();
    await card.getByRole('button', { name: 'Tạo chỉ định' }).click();
    expect(await dialog().getByLabel('Ngày sinh').inputValue()).toBe('31/12/1990');
    expect(await dialog().getByLabel('Giờ').inputValue()).toBe('09:05');
    await dialog().getByLabel('Nội dung cần chụp').fill('CT bụng');
    await page.keyboard.press('Enter');
    await page.getByText('Đã thêm chỉ định', { exact: false }).waitFor();
    await card.waitFor({ state: 'detached' });
    const listed = (await (await product.fetch('/api/studies?patientId=W77')).json()) as {
      readonly studies: readonly { readonly order: unknown }[];
    };
    expect(listed.studies[0]?.order).not.toBeNull();
  });

  it('says in the study list what is missing of a study', async () => {
    const made = {
      study: '2.25.930',
      series: '2.25.931',
      sop: '2.25.932',
      studyDate: today().replaceAll('-', ''),
      studyTime: '100000',
    };
    const patient = { id: 'W88', name: 'Hồ^Văn Thiếu', birthDate: '19700101', accession: 'HIS003' };
    await order('HIS003', 'Hồ^Văn Thiếu', { studyInstanceUid: made.study, patient: { id: 'W88', name: 'Hồ^Văn Thiếu' } });
    expect((await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(patientFile(patient, made)) })).status).toBe(200);
    const tell = (method: string, status: string, images: readonly string[]) =>
      product.fetch('/api/performed-steps/2.25.933', {
        method,
        headers: { 'content-type': 'application/dicom+json' },
        body: JSON.stringify(performedStep('HIS003', made.study, status, images)),
      });
    expect((await tell('POST', 'IN PROGRESS', [])).status).toBe(201);
    await page.goto(product.url);
    await row('Hồ Văn Thiếu').getByText('Đang nhận: 1').waitFor();
    expect(await row('Hồ Văn Thiếu').textContent()).toContain('Đang chụp');
    await watched.shoot('studies-arriving');
    // Two minutes of quiet make a study incomplete: the answer they would lead to is put in the place of the real one.
    await page.route(STUDIES, async (route) => {
      const answer = await route.fetch();
      const list = (await answer.json()) as { readonly studies: readonly { readonly studyInstanceUid: string }[] };
      const completeness = { state: 'incomplete', expected: 48, received: 47, since: new Date().toISOString() };
      const studies = list.studies.map((entry) => (entry.studyInstanceUid === made.study ? { ...entry, completeness } : entry));
      await route.fulfill({ response: answer, json: { ...list, studies } });
    });
    await page.reload();
    await row('Hồ Văn Thiếu').getByText('47/48 ảnh').waitFor();
    await page.unroute(STUDIES);
    await watched.shoot('studies-incomplete');
    await page.goto(`${product.url}/orders`);
  });

  it('narrows the list to a machine and to states, and keeps that in the address', async () => {
    await page.getByLabel('Máy chụp (AE Title)').selectOption('CT01');
    await page.getByRole('button', { name: 'Đã hủy' }).click();
    await nothing().waitFor();
    expect(new URL(page.url()).search).toBe('?station=CT01&state=CANCELLED');
    await page.getByRole('button', { name: 'Đã hủy' }).click();
    await row('Nguyễn Văn An').waitFor();
    await page.reload();
    await row('Nguyễn Văn An').waitFor();
    expect(await row('Trần Thị Bình').count()).toBe(1);
    await page.goto(`${product.url}/orders`);
    await row('Lê Hoàng Phúc').waitFor();
    await watched.shoot('orders');
  });

  it('is gone through with the arrows and opened with Enter', async () => {
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await watched.shoot('order-details');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it.each([
    ['phone', 390, 844, 'vi-VN'],
    ['wide', 1920, 1080, 'en-GB'],
  ])('fits a %s', async (name, width, height, locale) => {
    await using other = await openPage(browser, { width, height, locale });
    await signIn(other.page, 'admin', ADMIN_PASSWORD);
    // What a destination would be asked after a delivery, for its place on the page.
    await other.page.route(/\/api\/commitment-requests/, (route) => route.fulfill({ json: REQUESTED }));
    for (const [shot, path, shown] of [
      ['orders', '/orders', '.order'],
      ['unmatched', '/orders/unmatched', '.unmatched-study'],
      ['commitments', '/admin/commitments', '#commitment-requests'],
      ['machines', '/admin/aes', '.machine'],
    ] as const) {
      await other.page.goto(`${product.url}${path}`);
      await other.page.locator(shown).first().waitFor();
      await other.shoot(`${shot}-${name}`);
      const overflow = await other.page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
      expect(overflow, path).toBe(false);
    }
    const session = (await (await product.fetch('/api/session')).json()) as { readonly dicom: { readonly tlsPort: number } };
    expect(await other.page.getByLabel(/Cổng TLS|Port for TLS/).inputValue()).toBe(String(session.dicom.tlsPort));
    await other.page.goto(`${product.url}/orders`);
    await other.page.locator('.order-open').first().click();
    await other.page.getByRole('dialog').waitFor();
    await other.shoot(`order-details-${name}`);
    await other.page.keyboard.press('Escape');
    await other.page.getByRole('button', { name: /Thêm chỉ định|Add an order/ }).click();
    await other.page.getByRole('dialog').waitFor();
    await other.shoot(`order-form-${name}`);
    expect(other.faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
  });

  it('said nothing on the console', () => {
    expect(watched.faults.filter((fault) => !EXPECTED.test(fault))).toEqual([]);
  });
});
