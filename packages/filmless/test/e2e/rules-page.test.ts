// needs: chromium, dcmtk
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, writeDataSet, writeFileMeta } from '@filmless/dicom';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { ADMIN_PASSWORD, type Product, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';
import { type StoreScp, startStoreScp } from '../support/storescp.ts';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const SIZE = 128;

const CONFIG = `facilities:
  - { id: main, name: Bệnh viện Đa khoa Mẫu, patientIdIssuer: MAU }
aes:
  - { title: CT01, host: 127.0.0.1, port: 1, may: [echo, store], facility: main }
unknownAes: []
`;

/** An image with a bright band at its top, where a machine would write a name. */
function image(study: number, modality: string, service: string): Buffer {
  const uid = (value: string) => ({ vr: 'UI' as const, Value: [value] });
  const short = (value: number) => ({ vr: 'US' as const, Value: [value] });
  const pixels = Buffer.alloc(SIZE * SIZE, 40).fill(250, 0, SIZE * 12);
  const dataSet: DataSet = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': uid(CT_IMAGE),
    '00080018': uid(`2.25.6700.${study}.1.1`),
    '00080020': { vr: 'DA', Value: ['20260301'] },
    '00080060': { vr: 'CS', Value: [modality] },
    '00080070': { vr: 'LO', Value: ['GE MEDICAL SYSTEMS'] },
    '00080080': { vr: 'LO', Value: ['BVĐK Mẫu'] },
    '00081030': { vr: 'LO', Value: [`${modality} ngực`] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
    '00100020': { vr: 'LO', Value: ['BN0077'] },
    '0020000D': uid(`2.25.6700.${study}`),
    '0020000E': uid(`2.25.6700.${study}.1`),
    '00280002': short(1),
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': short(SIZE),
    '00280011': short(SIZE),
    '00280100': short(8),
    '00280101': short(8),
    '00280102': short(7),
    '00280103': short(0),
    '00321033': { vr: 'LO', Value: [service] },
    '7FE00010': { vr: 'OW', InlineBinary: pixels.toString('base64') },
  };
  const meta = writeFileMeta({
    mediaStorageSopClassUid: CT_IMAGE,
    mediaStorageSopInstanceUid: `2.25.6700.${study}.1.1`,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, writeDataSet(dataSet, { explicitVr: true })]);
}

describe('the pages of routing rules and of de-identification', () => {
  let folder: string;
  let product: Product;
  let browser: Browser;
  let admin: WatchedPage;
  let province: StoreScp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-rules-page-'));
    for (const name of ['province', 'research']) {
      await mkdir(join(folder, name));
    }
    province = await startStoreScp(join(folder, 'province'));
    product = await startProduct({ config: CONFIG });
    const tinh = { id: 'tinh', kind: 'dicom', aeTitle: 'TINH', host: '127.0.0.1', port: province.port, site: 'BVĐK Tỉnh' };
    expect((await product.fetch('/api/destinations', json('POST', tinh))).status).toBe(201);
    const vien = { id: 'vien', kind: 'folder', path: join(folder, 'research'), names: 'uids' };
    expect((await product.fetch('/api/destinations', json('POST', vien))).status).toBe(201);
    browser = await startBrowser();
    admin = await openPage(browser);
    admin.page.setDefaultTimeout(15_000);
    await signIn(admin.page);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await province[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const json = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const signIn = async (page: Page) => {
    await page.goto(product.url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };
  const send = async (study: number, modality: string, service: string) => {
    const path = join(folder, `${study}.dcm`);
    await writeFile(path, image(study, modality, service));
    const sent = await run('/usr/bin/storescu', [
      '-aet',
      'CT01',
      '-aec',
      'FILMLESS',
      '127.0.0.1',
      String(product.dicomPort),
      path,
    ]);
    expect(sent.code, sent.stderr).toBe(0);
  };
  /** Those that are there whole: what is being written has a name that begins with a dot. */
  const files = async (name: string) =>
    (await readdir(join(folder, name), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !entry.name.startsWith('.'),
    );
  const rules = async () => (await (await product.fetch('/api/rules')).json()) as { version: number; document: string };
  const go = (path: string) => admin.page.goto(`${product.url}/admin/${path}`);
  const tab = (name: string) => admin.page.getByRole('link', { name, exact: true }).click();
  const apply = async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Xem và áp dụng' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Áp dụng', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  it('says what to do while there are no rules', async () => {
    await send(1, 'CT', 'Khoa Ngoại tổng hợp');
    await go('rules');
    await admin.page.getByText('Chưa có quy tắc nào').waitFor();
    await admin.shoot('rules-empty');
    await go('deidentification');
    await admin.page.getByText('Chưa có hồ sơ nào').waitFor();
    await admin.shoot('deidentification-empty');
  });

  it('writes a rule by the form, which says what is missing, and reads it back as a sentence', async () => {
    const { page } = admin;
    await go('rules');
    await page.getByRole('button', { name: 'Thêm quy tắc' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await dialog.getByText('Chọn nơi nhận cho mỗi dòng.').waitFor();
    await dialog.getByLabel('Tên quy tắc').fill('CT của Khoa Ngoại');
    await dialog.getByRole('button', { name: 'Thêm điều kiện' }).click();
    await dialog.getByLabel('Là', { exact: true }).fill('CT');
    await dialog.getByRole('button', { name: 'Thêm điều kiện' }).click();
    await dialog.getByLabel('Thuộc tính của ảnh').nth(1).fill('RequestingService');
    await dialog.getByLabel('Là', { exact: true }).nth(1).fill('Khoa Ngoại*');
    await dialog.getByRole('combobox', { name: /^Gửi tới/ }).selectOption('tinh');
    await dialog.getByLabel('Mức ưu tiên').first().selectOption('consultation');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await dialog.getByText('hãy nêu căn cứ pháp lý').waitFor();
    await admin.shoot('rules-form-refused');
    await dialog.getByLabel('Căn cứ pháp lý').selectOption('consultation');
    await dialog.getByText('gửi tới tinh (BVĐK Tỉnh), mức hội chẩn, căn cứ: hội chẩn').waitFor();
    await admin.shoot('rules-form');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Ảnh loại máy “CT”, khoa chỉ định “Khoa Ngoại*”').waitFor();
    await page.getByText('Có thay đổi chưa áp dụng').waitFor();
    await admin.shoot('rules-draft');
    expect((await rules()).version).toBe(0);
  });

  it('tries the draft on a study, and says why', async () => {
    const { page } = admin;
    await tab('Thử trên ca chụp');
    await admin.shoot('rules-test-choose');
    await page.getByLabel('Tìm ca chụp').fill('BN0077');
    await page.getByRole('button', { name: /Nguyễn Văn An/ }).click();
    await page.getByLabel('AE Title của máy gửi').fill('CT01');
    await page.getByRole('button', { name: 'Thử', exact: true }).click();
    await page.getByText('theo quy tắc “CT của Khoa Ngoại”; hội chẩn; căn cứ: hội chẩn').waitFor();
    await page.getByText('khoa chỉ định: cần Khoa Ngoại*; ảnh có Khoa Ngoại tổng hợp').waitFor();
    await admin.shoot('rules-test');
    await page.getByLabel('Thử với').selectOption('inForce');
    await page.getByRole('button', { name: 'Thử', exact: true }).click();
    await page.getByText('Không đi đâu cả.').waitFor();
    expect(await files('province')).toHaveLength(0);
  });

  it('keeps the draft over another page and over loading it anew', async () => {
    const { page } = admin;
    const line = page.getByText('Ảnh loại máy “CT”, khoa chỉ định “Khoa Ngoại*”');
    await page.getByRole('link', { name: 'Máy chụp' }).first().click();
    await line.waitFor({ state: 'detached' });
    await page.goBack();
    await tab('Danh sách');
    await line.waitFor();
    await page.reload();
    await line.waitFor();
    await page.getByText('Có thay đổi chưa áp dụng').waitFor();
  });

  it('puts the rule in force after showing what changes, and what DCMTK sends goes where it says', async () => {
    const { page } = admin;
    await page.getByRole('button', { name: 'Xem và áp dụng' }).click();
    await page.getByRole('dialog').getByText('- name: CT của Khoa Ngoại').waitFor();
    await admin.shoot('rules-apply');
    await page.getByRole('dialog').getByRole('button', { name: 'Áp dụng', exact: true }).click();
    await page.getByText('Bản 1, admin đưa vào lúc').waitFor();
    await send(2, 'CT', 'Khoa Ngoại tổng hợp');
    await send(3, 'MR', 'Khoa Ngoại tổng hợp');
    await send(4, 'CT', 'Khoa Nội');
    await expect.poll(async () => (await files('province')).length, { timeout: 20_000 }).toBe(1);
  });

  it('marks a fault at its line while one types, and does not put it in force', async () => {
    const { page } = admin;
    await tab('Văn bản');
    const text = page.getByLabel('Văn bản quy tắc (YAML)');
    const sound = await text.inputValue();
    await text.fill(`${sound.trimEnd()}\n  # cho kho thứ hai\n  - name: tất cả\n    then: [{ sned: vien }, { send: vienn }]\n`);
    await page.getByText('Ở đây không có khóa “sned”. Hiện có: send').waitFor();
    const line = sound.trimEnd().split('\n').length + 3;
    await page.getByText(`Dòng ${line}, cột 14`).waitFor();
    await admin.shoot('rules-text-faulty');
    expect(await page.getByRole('button', { name: 'Xem và áp dụng' }).isDisabled()).toBe(true);
    await page.getByText(`Dòng ${line}, cột 14`).click();
    const caret = () => text.evaluate((area) => (area as unknown as { selectionStart: number }).selectionStart);
    await expect.poll(caret).toBe(`${sound.trimEnd()}\n  # cho kho thứ hai\n  - name: tất cả\n    then: [{ `.length);
    await tab('Danh sách');
    await page.getByText('Văn bản đang sửa có lỗi').waitFor();
    await tab('Văn bản');
    await text.fill(`${sound.trimEnd()}\n  # cho kho thứ hai\n  - name: tất cả\n    then: [{ send: vien }]\n`);
    await page.getByText('Không có lỗi, 2 quy tắc.').waitFor();
    await admin.shoot('rules-text');
    expect((await rules()).version).toBe(1);
  });

  it('moves a rule by the keyboard with its note, and says that somebody was faster', async () => {
    const { page } = admin;
    await tab('Danh sách');
    await page.getByRole('button', { name: 'Chuyển tất cả lên' }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByText('tất cả nay ở vị trí 1.').waitFor({ state: 'attached' });
    const focused = () => page.evaluate('document.activeElement.closest("[data-rule]")?.dataset.rule');
    await expect.poll(focused).toBe('tất cả');
    await admin.shoot('rules-list');
    const before = (await rules()).document;
    const theirs = `# của người khác\n${before}`;
    expect((await product.fetch('/api/rules', { method: 'PUT', body: theirs })).status).toBe(200);
    await page.getByRole('button', { name: 'Xem và áp dụng' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Áp dụng', exact: true }).click();
    await dialog.getByText('đã áp dụng bản 2').waitFor();
    await dialog.getByText('# của người khác').waitFor();
    await admin.shoot('rules-overtaken');
    await dialog.getByRole('button', { name: 'Áp dụng', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const { version, document } = await rules();
    expect(version).toBe(3);
    expect(document.indexOf('# cho kho thứ hai')).toBeLessThan(document.indexOf('CT của Khoa Ngoại'));
  });

  it('puts an earlier version back', async () => {
    const { page } = admin;
    await tab('Các bản trước');
    await page.getByRole('button', { name: 'Xem: Bản 3' }).click();
    await page.getByText('Thay đổi so với bản 2').waitFor();
    await admin.shoot('rules-version');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Dùng lại bản này: Bản 1' }).click();
    await admin.shoot('rules-back');
    await page.getByRole('dialog').getByRole('button', { name: 'Áp dụng', exact: true }).click();
    await page.getByText('Bản 4, admin đưa vào lúc').waitFor();
    await admin.shoot('rules-versions');
    expect((await rules()).document).not.toContain('cho kho thứ hai');
  });

  it('makes a profile with an area drawn on an image, and shows before and after', async () => {
    const { page } = admin;
    await go('deidentification');
    await page.getByRole('button', { name: 'Thêm hồ sơ' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên hồ sơ').fill('Nghiên cứu');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.getByText('Chỉ dùng chữ thường không dấu').first().waitFor();
    await dialog.getByLabel('Tên hồ sơ').fill('nghien-cuu');
    await dialog.getByLabel('Đầu mã thay thế').fill('NC-');
    await dialog.getByLabel('Ngày tháng').selectOption('moved');
    await dialog.getByLabel('Dời nhiều nhất').fill('365');
    await dialog.getByLabel('Giữ đặc điểm người bệnh').check();
    await admin.shoot('deidentification-form');
    await dialog.getByRole('button', { name: 'Thêm loại ảnh' }).click();
    await dialog.getByRole('button', { name: 'Vẽ trên một ảnh' }).click();
    await dialog
      .getByRole('button', { name: /2\.25|CT ngực/ })
      .first()
      .click();
    const picture = dialog.getByRole('img', { name: 'Ảnh với 0 vùng che' });
    await picture.scrollIntoViewIfNeeded();
    const box = await picture.boundingBox();
    expect(box).not.toBeNull();
    const { x, y, width, height } = box ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + 1, y + 1);
    await page.mouse.down();
    await page.mouse.move(x + width - 1, y + height * 0.12, { steps: 4 });
    await page.mouse.up();
    await dialog.getByRole('img', { name: 'Ảnh với 1 vùng che' }).waitFor();
    expect(await dialog.getByLabel('Rộng (điểm)').inputValue()).toBe(String(SIZE));
    expect(await dialog.getByLabel('Hãng', { exact: true }).inputValue()).toBe('GE MEDICAL SYSTEMS');
    await admin.shoot('deidentification-draw');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Dời ngày tháng (tối đa 365 ngày)').waitFor();
    await page.getByRole('button', { name: 'Xem thử trên ảnh: nghien-cuu' }).click();
    await dialog.getByText('CT ngực').first().waitFor();
    await admin.shoot('deidentification-try-choose');
    await dialog
      .getByRole('button', { name: /CT ngực/ })
      .first()
      .click();
    const name = dialog.getByRole('row', { name: /^PatientName/ });
    expect(await name.textContent()).toMatch(/Nguyễn\^Văn An.*NC-/);
    await dialog.getByRole('img', { name: 'Ảnh với 1 vùng che' }).waitFor();
    await admin.shoot('deidentification-try');
    await page.keyboard.press('Escape');
  });

  it('sends by the profile what a rule says, without whose it is, and keeps the profile while the rule names it', async () => {
    const { page } = admin;
    await go('rules');
    await page.getByRole('button', { name: 'Thêm quy tắc' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên quy tắc').fill('nghiên cứu');
    await dialog.getByRole('combobox', { name: /^Gửi tới/ }).selectOption('vien');
    await dialog.getByText('Thay đổi trong bản gửi đi').click();
    await dialog.getByLabel('Khử danh tính theo hồ sơ').selectOption('nghien-cuu');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await page.getByText('khử danh tính theo “nghien-cuu”').waitFor();
    await apply();
    await send(5, 'CT', 'Khoa Nội');
    await expect.poll(async () => (await files('research')).length, { timeout: 20_000 }).toBe(1);
    const [file] = await files('research');
    const bytes = await readFile(join(file?.parentPath ?? '', file?.name ?? ''));
    expect(bytes.includes('Nguyễn') || bytes.includes('BN0077')).toBe(false);
    const { profiles } = (await (await product.fetch('/api/deidentification')).json()) as { profiles: Record<string, unknown> };
    const trial = (study: string) =>
      product.fetch(
        '/api/deidentification/preview',
        json('POST', { name: 'nghien-cuu', profile: profiles['nghien-cuu'], studyInstanceUid: study }),
      );
    expect((await trial('2.25.1')).status).toBe(404);
    const { attributes } = (await (await trial('2.25.6700.5')).json()) as {
      attributes: { path: string; after: string | null }[];
    };
    const pseudonym = attributes.find(({ path }) => path === 'PatientID')?.after ?? '';
    expect(pseudonym).toMatch(/^NC-\w{12}$/);
    expect(bytes.includes(pseudonym)).toBe(true);
    // The bright band is black, what lies below it is as it was.
    expect([bytes.subarray(-SIZE * SIZE)[SIZE * 6 + 60], bytes.at(-1)]).toEqual([0, 40]);
    await go('deidentification');
    await page.getByText('Dùng trong quy tắc: nghiên cứu').waitFor();
    await page.getByRole('button', { name: 'Sửa nghien-cuu' }).click();
    await dialog.getByRole('button', { name: 'Xóa hồ sơ' }).click();
    await page.getByRole('dialog', { name: 'Xóa hồ sơ nghien-cuu?' }).getByRole('button', { name: 'Xóa hồ sơ' }).click();
    await page.getByText('Quy tắc “nghiên cứu” còn dùng hồ sơ này').waitFor();
    await admin.shoot('deidentification-kept');
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
    const views = [
      ['rules', 'CT của Khoa Ngoại'],
      ['rules?view=text', 'CT của Khoa Ngoại'],
      ['rules?view=test', 'BN0077'],
      ['rules?view=versions', 'filmless|admin'],
      ['deidentification', 'nghien-cuu'],
    ] as const;
    for (const [path, sign] of views) {
      await page.goto(`${product.url}/admin/${path}`);
      await (path.endsWith('text') ? page.locator('textarea') : page.getByText(new RegExp(sign)).first()).waitFor();
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      expect(overflow, path).toBeLessThanOrEqual(0);
      await watched.shoot(`${path.replace(/\W+/g, '-')}-${locale}-${width}`);
    }
    await page.goto(`${product.url}/admin/rules`);
    await page.getByRole('button', { name: /^(Sửa|Edit) CT/ }).click();
    await page.getByRole('dialog').waitFor();
    await watched.shoot(`rules-dialog-${locale}-${width}`);
    expect(watched.faults).toEqual([]);
  });

  it('wrote no fault on the console but those of refused requests', () => {
    expect(admin.faults.filter((fault) => !/status of (400|409|412)/.test(fault))).toEqual([]);
  });
});
