// needs: dcmtk, python, chromium
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser } from '../support/browser.ts';
import { makeDisc } from '../support/disc.ts';
import { ADMIN_PASSWORD, CORPUS, type Product, startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

const HEAD_STUDY = '1.3.46.670589.33.1.27492712521914879309.27169771283235650014';
const HEAD = /Head/i;
const WIDTHS = [390, 768, 1366, 1920] as const;

/** What pydicom reads of a file: keyword and value of what the test asks. */
const READ = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
o = d.get("OriginalAttributesSequence")
print(json.dumps({
  "id": str(d.PatientID), "name": str(d.PatientName), "issuer": str(d.get("IssuerOfPatientID", "")), "study": str(d.StudyInstanceUID),
  "was": [str(i.ModifiedAttributesSequence[0].PatientID) for i in (o or [])], "sop": str(d.SOPClassUID),
  "pixels": hash(bytes(d.PixelData)) if "PixelData" in d else None, "title": str(d.get("DocumentTitle", "")),
  "shape": list(d.pixel_array.shape) if "PixelData" in d else [],
}))
`;

async function pydicom(file: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(PYTHON, ['-c', READ, file], { env: { PYTHONHASHSEED: '0' } });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function signIn(page: Page, product: Product): Promise<void> {
  await page.goto(product.url);
  await page.locator('input[name="username"]').fill('admin');
  await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Tải ảnh lên' }).waitFor();
}

async function openImport(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Tải ảnh lên' }).click();
  await page.getByText('Nhập từ CD, USB hoặc ZIP…').click();
  await page.getByRole('heading', { name: 'Nhập từ CD, USB, ZIP' }).waitFor();
}

const chooseFolder = (page: Page, folder: string) => page.locator('input[webkitdirectory]').last().setInputFiles(folder);
const study = (page: Page, words: RegExp | string) => page.locator('.import-study').filter({ hasText: words });

const DRAW = `(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 192;
  const context = canvas.getContext('2d');
  context.fillStyle = '#b03020';
  context.fillRect(0, 0, 320, 192);
  context.fillStyle = '#fff';
  context.fillRect(20, 20, 80, 40);
  return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
})()`;

/** A JPEG image of which its camera says that it is to be turned to the right (EXIF 2.32 4.6.4, orientation 6). */
async function sidewaysPhoto(page: Page): Promise<Buffer> {
  const jpeg = Buffer.from(String(await page.evaluate(DRAW)), 'base64');
  const exif = Buffer.from('ffe1002245786966000049492a000800000001001201030001000000060000000000000000', 'hex').subarray(0, 36);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

/** All instances of a study as files. */
async function filesOf(product: Product, uid: string, folder: string): Promise<readonly string[]> {
  const listed = await product.fetch(`/dicom-web/studies/${uid}/instances`, { headers: { accept: 'application/dicom+json' } });
  const instances = (await listed.json()) as readonly Record<string, { readonly Value?: readonly string[] }>[];
  const files: string[] = [];
  for (const instance of instances) {
    const [series, sop] = ['0020000E', '00080018'].map((tag) => instance[tag]?.Value?.[0] ?? '');
    const answer = await product.fetch(`/dicom-web/studies/${uid}/series/${series}/instances/${sop}`, {
      headers: { accept: 'application/dicom; transfer-syntax=*' },
    });
    const file = join(folder, `${sop}.dcm`);
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    files.push(file);
  }
  return files;
}

describe.runIf(CORPUS !== undefined)("a patient's disc at the desk", () => {
  let folder: string;
  let disc: string;
  let product: Product;
  let browser: Awaited<ReturnType<typeof startBrowser>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-import-'));
    disc = (await makeDisc(folder)) ?? '';
    await unlink(join(disc, 'HEAD', 'IM000005'));
    product = await startProduct({ config: 'facilities: [{ id: main, name: Bệnh viện Mẫu, patientIdIssuer: MAU }]\n' });
    browser = await startBrowser();
    const order = {
      accessionNumber: 'NC01',
      patient: { id: 'P100', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M' },
      description: 'Đọc phim tuyến trước',
      steps: [{ modality: 'CT', stationAeTitle: 'CT01', start: '2026-03-01T08:00:00' }],
    };
    const added = await product.fetch('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    expect(added.status).toBe(201);
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('is shown by its DICOMDIR with what it lacks, and put under the patient of an order, who a person compared', async () => {
    await using opened = await openPage(browser);
    const { page, shoot, faults } = opened;
    await signIn(page, product);
    await openImport(page);
    await shoot('import-choose');
    await chooseFolder(page, disc);
    await page.getByText('Theo mục lục DICOMDIR của đĩa').waitFor();
    await page.getByText('Đĩa thiếu 1 ảnh có trong mục lục').click();
    await page.getByText('HEAD/IM000005').waitFor();
    await page.getByText('2 tệp không phải ảnh DICOM, được bỏ qua').waitFor();
    await shoot('import-review');
    await page.getByRole('button', { name: 'Bỏ chọn tất cả' }).click();
    const head = study(page, HEAD);
    await head.getByRole('checkbox').first().check();
    await page.getByText(/Đã chọn 27 ảnh/).waitFor();
    await head.getByRole('button', { name: 'Lưu cho người bệnh khác…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên, mã người bệnh hoặc số phiếu').fill('nguyen van an');
    await page.keyboard.press('Enter');
    await dialog.getByText('P100').waitFor();
    await shoot('import-search');
    await dialog.getByRole('button', { name: 'So sánh' }).first().click();
    await dialog.getByText('Hai bên khác nhau.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Lưu dưới tên này' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/Tôi đã so sánh/).check();
    await shoot('import-compare');
    await dialog.getByRole('button', { name: 'Lưu dưới tên này' }).click();
    await head.getByText('Lưu cho Nguyễn Văn An, mã P100').waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await shoot(`import-decided-${width}`);
      const overflow = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
      expect(overflow, `${width} px`).toBe(false);
    }
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.getByRole('button', { name: 'Nhập 27 ảnh' }).click();
    await page.getByText('Đã nhập xong', { exact: true }).waitFor({ timeout: 60_000 });
    await shoot('import-done');
    const files = await filesOf(product, HEAD_STUDY, folder);
    expect(files).toHaveLength(27);
    const originals = new Map<unknown, unknown>();
    for (const file of (await run('/usr/bin/find', [join(disc, 'HEAD'), '-type', 'f'])).stdout.trim().split('\n')) {
      const { pixels, id } = await pydicom(file);
      originals.set(pixels, id);
    }
    for (const file of files) {
      const read = await pydicom(file);
      expect(read).toMatchObject({ id: 'P100', name: 'Nguyễn^Văn An', issuer: 'MAU', study: HEAD_STUDY });
      expect(read.was).toEqual([originals.get(read.pixels)]);
    }
    const { code, stdout } = await run('/usr/bin/dcmdump', ['+P', '0400,0565', '+P', '0008,0050', files[0] ?? '']);
    expect(code).toBe(0);
    expect(stdout).toContain('COERCE');
    expect(stdout).toContain('NC01');
    await page.getByRole('button', { name: 'Mở ca' }).click();
    await page.getByText('Nguyễn Văn An').first().waitFor();
    await page.locator('canvas').first().waitFor();
    expect(faults, product.log()).toEqual([]);
  });

  it('goes on after the line broke and the page was loaded again, and sends nothing twice', async () => {
    await using opened = await openPage(browser, { width: 1100 });
    const { page, shoot } = opened;
    await signIn(page, product);
    await openImport(page);
    await chooseFolder(page, disc);
    await study(page, HEAD).getByText('Đã có đủ trên máy chủ').waitFor();
    await study(page, HEAD)
      .getByText(/Ca này đã có trên máy chủ, dưới tên Nguyễn Văn An/)
      .waitFor();
    await page.getByText(/Đã chọn 11 ảnh/).waitFor();
    let requests = 0;
    await page.route('**/dicom-web/studies', async (route) => {
      requests += 1;
      await (requests > 3 ? route.abort() : route.continue());
    });
    await page.getByRole('button', { name: 'Nhập 11 ảnh' }).click();
    await page.getByText('Đường truyền bị ngắt.').waitFor({ timeout: 60_000 });
    await shoot('import-waiting');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.unroute('**/dicom-web/studies');
    await page.reload();
    await page.getByText('Lần nhập từ “DISC” chưa xong').waitFor();
    await shoot('import-unfinished');
    await chooseFolder(page, disc);
    await page.getByRole('button', { name: /^Nhập [1-9] ảnh/ }).click();
    await page.getByText('Đã nhập xong', { exact: true }).waitFor({ timeout: 60_000 });
    const here = (await (await product.fetch('/api/studies?limit=200')).json()) as { readonly studies: readonly unknown[] };
    expect(here.studies).toHaveLength(12);
    await page.reload();
    await page.getByRole('button', { name: 'Chọn đĩa, USB hoặc thư mục' }).first().waitFor();
    expect(await page.getByText('chưa xong').count()).toBe(0);
  });

  it('is read from a ZIP just the same, and stops and goes on at a press', async () => {
    const zip = join(folder, 'disc.zip');
    const packed = await run(PYTHON, [
      '-c',
      'import shutil,sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])',
      zip,
      disc,
    ]);
    expect(packed.code, packed.stderr).toBe(0);
    await using other = await startProduct();
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(page, other);
    await openImport(page);
    await page.locator('.import-choose input[type="file"]').last().setInputFiles(zip);
    await page.getByText('Đĩa thiếu 1 ảnh có trong mục lục').waitFor();
    await page.route('**/dicom-web/studies', (route) =>
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => route.continue()),
    );
    await page.getByRole('button', { name: 'Nhập 38 ảnh' }).click();
    await page.getByRole('button', { name: 'Dừng' }).click();
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText('Đã nhập xong', { exact: true }).waitFor({ timeout: 90_000 });
    const listed = (await (await other.fetch('/api/studies?limit=200')).json()) as {
      readonly studies: readonly { readonly instanceCount: number }[];
    };
    expect(listed.studies.reduce((sum, { instanceCount }) => sum + instanceCount, 0)).toBe(38);
  });

  it('takes a PDF and a photo that was held sideways into the study', async () => {
    const pdf = join(folder, 'giay-chuyen.pdf');
    await writeFile(pdf, '%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF');
    const photo = join(folder, 'vet-thuong.jpg');
    await using opened = await openPage(browser);
    const { page, shoot } = opened;
    await writeFile(photo, await sidewaysPhoto(page));
    await signIn(page, product);
    for (const [file, title] of [
      [pdf, 'Giấy chuyển viện'],
      [photo, 'Vết thương'],
    ] as const) {
      await page.goto(product.url);
      const row = page.getByRole('row').filter({ hasText: 'Nguyễn Văn An' });
      await row.hover();
      await row.getByRole('button', { name: 'Xem nhanh' }).click();
      await page.getByRole('button', { name: 'Thêm PDF, ảnh…' }).click();
      const dialog = page.getByRole('dialog').last();
      await dialog.locator('input[type="file"]').setInputFiles(file);
      await dialog.getByLabel('Tên tài liệu').fill(title);
      await shoot(`import-document-${title === 'Vết thương' ? 'photo' : 'pdf'}`);
      await dialog.getByRole('button', { name: 'Thêm vào ca' }).click();
      await page.getByText(`Đã thêm “${title}”`).waitFor();
    }
    await page.getByText('Vết thương', { exact: true }).first().waitFor();
    await page.locator('canvas').first().waitFor();
    await shoot('import-document-reading');
    const made = await Promise.all(
      (await filesOf(product, HEAD_STUDY, folder)).map((file) => pydicom(file).then((read) => ({ file, ...read }))),
    );
    const document = made.find((one) => 'sop' in one && one.sop === '1.2.840.10008.5.1.4.1.1.104.1');
    expect(document).toMatchObject({ id: 'P100', title: 'Giấy chuyển viện' });
    const out = join(folder, 'out.pdf');
    const { code, stderr } = await run('/usr/bin/dcm2pdf', [document?.file ?? '', out]);
    expect(code, stderr).toBe(0);
    expect((await readFile(out)).subarray(0, (await readFile(pdf)).length).equals(await readFile(pdf))).toBe(true);
    const image = made.find((one) => 'sop' in one && one.sop === '1.2.840.10008.5.1.4.1.1.77.1.4');
    expect(image).toMatchObject({ id: 'P100', shape: [320, 192, 3] });
    const bmp = await run('/usr/bin/dcmj2pnm', ['+ob', image?.file ?? '', join(folder, 'out.bmp')]);
    expect(bmp.code, bmp.stderr).toBe(0);
  });
});
