// needs: chromium

import { newUid } from '@filmless/dicom';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { stow } from '../support/facilities.ts';
import { patientFile } from '../support/patient.ts';
import { ADMIN_PASSWORD, type Product } from '../support/product.ts';
import { Site } from '../support/site.ts';

describe('the gateway of a site in a browser', { timeout: 90_000 }, () => {
  let site: Site;
  let browser: Browser;
  let here: WatchedPage;

  beforeAll(async () => {
    site = await Site.open('');
    await site.startGateway('--gateway-keep', '0');
    browser = await startBrowser();
    here = await openPage(browser);
    await signIn(here.page, site.gateway);
  });

  afterAll(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  const signIn = async (page: Page, { url }: Product) => {
    await page.goto(url);
    await page.locator('input[name="username"]').fill('admin');
    await page.locator('input[type="password"]').fill(ADMIN_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox').waitFor();
  };

  const upload = async (): Promise<string> => {
    const [study, series, sop] = [newUid(), newUid(), newUid()];
    const patient = { name: 'Nguyễn^Văn An', id: 'GWP1', birthDate: '19700101', accession: '' };
    const file = patientFile(patient, { study, series, sop, studyDate: '20260301', studyTime: '080600' });
    expect((await site.gateway.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) })).status).toBe(200);
    await expect
      .poll(async () => (await site.centre.fetch(`/dicom-web/studies/${study}/instances`)).status, { timeout: 30_000 })
      .toBe(200);
    return study;
  };

  it('shows the line, the age of the worklist and what was removed, which it does at a press', async () => {
    const { page } = here;
    const study = await upload();
    await page.goto(`${site.gateway.url}/admin/gateway`);
    await page.getByText('Đang thông').waitFor();
    await page.getByText('Chưa dọn ca nào').waitFor();
    await page.getByText('Không có ảnh nào').waitFor();
    await here.shoot('gateway-up');
    const link = page.getByRole('link', { name: study });
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Dọn ngay' }).click();
          return await link.count();
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toBe(1);
    expect(await link.getAttribute('href')).toContain(`/view?study=${study}`);
    await page.getByText('1 ca, 1 ảnh').waitFor();
    await here.shoot('gateway-removed');
  });

  it('says while the line is down of when the worklist is, on the page of orders too', async () => {
    const { page } = here;
    await page.goto(`${site.gateway.url}/orders`);
    await page.getByRole('link', { name: 'Danh sách chờ' }).first().waitFor();
    expect(await page.getByText('Danh sách chờ cập nhật lúc').count()).toBe(0);
    site.line.cut();
    await expect
      .poll(async () => ((await (await site.gateway.fetch('/api/gateway')).json()) as { problem: string | null }).problem, {
        timeout: 30_000,
      })
      .not.toBeNull();
    await page.reload();
    await page.getByText('Danh sách chờ cập nhật lúc').waitFor();
    await here.shoot('gateway-orders-old');
    await page.goto(`${site.gateway.url}/admin/gateway`);
    await page.getByText('Đang đứt').waitFor();
    await here.shoot('gateway-down');
    await page.getByRole('button', { name: 'Dọn ngay' }).click();
    site.line.mend();
  });

  it.each([
    ['vi-VN', 390, 844],
    ['en-GB', 1366, 768],
  ])('has its place in %s on a screen of %i by %i', async (locale, width, height) => {
    await using watched = await openPage(browser, { locale, width, height });
    await signIn(watched.page, site.gateway);
    await watched.page.goto(`${site.gateway.url}/admin/gateway`);
    await watched.page.getByRole('table').waitFor();
    const overflow = await watched.page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await watched.shoot(`gateway-${locale}-${width}`);
    expect(watched.faults).toEqual([]);
  });

  it('is offered nowhere else', async () => {
    await using there = await openPage(browser);
    await signIn(there.page, site.centre);
    await there.page.goto(`${site.centre.url}/admin/queues`);
    await there.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await there.page.getByRole('link', { name: 'Trạm ngoại vi' }).count()).toBe(0);
  });
});
