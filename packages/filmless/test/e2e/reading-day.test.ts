// needs: chromium, dcmtk
import {
  chestRadiograph,
  ctPhantom,
  mammogram,
  mrBrain,
  type SampleFile,
  type SampleStudy,
  ultrasoundCine,
} from '@filmless/fixtures';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.ts';
import { json } from '../support/facilities.ts';
import { type Product, startProduct } from '../support/product.ts';
import { storeFiles } from '../support/stored-phantom.ts';

const PASSWORD = 'sông Hậu mùa nước nổi';
const DOCTOR = { username: 'doc', displayName: 'BS Mẫu Đọc', role: 'doctor' } as const;

/** What a day brings: five times CT, X-ray, MR and mammography or ultrasound. */
const KINDS = ['ct', 'cr', 'mr', 'soft'] as const;
const STUDIES = 20;
/** Patients of the list whose CT has an earlier one to be compared with. */
const WITH_PRIOR = 4;

const SLOW = { timeout: 30_000 };

function filesOf(kind: (typeof KINDS)[number], study: SampleStudy, number: number): Iterable<SampleFile> {
  switch (kind) {
    case 'ct':
      return ctPhantom(study, { slices: 6, size: 256 }).files();
    case 'cr':
      return [chestRadiograph(study)];
    case 'mr':
      return mrBrain(study, 4);
    case 'soft':
      return number % 8 === 3 ? mammogram(study) : [ultrasoundCine(study, 6)];
  }
}

describe('a day in the reading room', () => {
  let product: Product;
  let browser: Browser;
  let here: WatchedPage;
  let page: Page;
  const studies: string[] = [];

  beforeAll(async () => {
    product = await startProduct();
    const made = await product.fetch('/api/users', {
      method: 'POST',
      ...json({ ...DOCTOR, password: PASSWORD, facilities: ['main'] }),
    });
    expect(made.status).toBe(201);
    for (let number = 0; number < STUDIES; number += 1) {
      const kind = KINDS[number % KINDS.length] ?? 'ct';
      const patient = {
        id: `DAY${100 + number}`,
        name: `Nguyễn^Văn ${String.fromCharCode(65 + number)}`,
        birthDate: '19700101',
        sex: 'M',
      } as const;
      const facts = { seed: `day${number}`, patient, accessionNumber: `DAY${number}`, description: `Ca ${number + 1}` };
      // The first of the list is the newest.
      const at = new Date(Date.UTC(2026, 2, 2, 20 - Math.floor(number / 2), number % 2 === 0 ? 30 : 0));
      studies.push(await storeFiles(product, filesOf(kind, { ...facts, at }, number)));
      if (number === WITH_PRIOR) {
        const before = { ...facts, seed: 'before', accessionNumber: 'BEFORE', at: new Date('2025-03-01T08:00:00Z') };
        await storeFiles(product, filesOf(kind, before, number));
      }
    }
    browser = await startBrowser();
    here = await openPage(browser);
    page = here.page;
  });

  afterAll(async () => {
    await browser.close();
    await product[Symbol.asyncDispose]();
  });

  const signIn = async (on: Page): Promise<void> => {
    await on.goto(product.url);
    await on.locator('input[name="username"]').waitFor();
    await on.locator('input[name="username"]').focus();
    await on.keyboard.type(DOCTOR.username);
    await on.keyboard.press('Tab');
    await on.keyboard.type(PASSWORD);
    await on.keyboard.press('Enter');
    await on.getByRole('searchbox').waitFor();
  };
  const shownStudy = (on: Page): Promise<string | null> => on.locator('[data-viewport="1"]').getAttribute('data-study');
  const isRead = async (on: Page): Promise<void> => {
    await expect
      .poll(
        () =>
          on
            .locator('[data-viewport="1"]')
            .getAttribute('data-shown-index')
            .catch(() => null),
        SLOW,
      )
      .not.toBeNull();
  };
  const findings = (on: Page): Promise<number> => on.locator('[data-finding]').count();
  const phase = (on: Page): Promise<string | null> => on.locator('[data-marks]').getAttribute('data-marks');
  /** Draws a length across the middle: the one thing that is not for keys. */
  const measure = async (on: Page): Promise<void> => {
    await expect.poll(() => on.locator('[data-viewport="1"]').getAttribute('data-backend'), SLOW).toBe('gpu');
    await on.locator('[data-viewport="1"] .svg-layer').waitFor({ state: 'attached' });
    const before = await findings(on);
    const box = (await on.locator('[data-viewport="1"]').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2 + 30 * before];
    await on.keyboard.press('l');
    await on.mouse.move(x - 60, y);
    await on.mouse.down();
    await on.mouse.move(x, y, { steps: 4 });
    await on.mouse.move(x + 60, y, { steps: 4 });
    await on.mouse.up();
    await expect.poll(() => findings(on), SLOW).toBe(before + 1);
  };
  const living = async (study: string): Promise<number> => {
    const page = (await (await product.fetch(`/api/studies/${study}/marks`)).json()) as {
      readonly marks: readonly { readonly deleted: boolean }[];
    };
    return page.marks.filter(({ deleted }) => !deleted).length;
  };
  /** Publishes what the dialog offers, by keys. */
  const publish = async (on: Page, kind: string): Promise<void> => {
    await on.keyboard.press('Shift+S');
    const choice = on.getByRole('dialog').locator('select[name="publish-kind"]');
    await choice.waitFor();
    await choice.selectOption(kind);
    const send = on.getByRole('dialog').getByRole('button', { name: 'Xuất bản', exact: true });
    await expect.poll(() => send.isEnabled(), SLOW).toBe(true);
    await send.focus();
    await on.keyboard.press('Enter');
    await expect.poll(() => on.getByRole('dialog').count(), SLOW).toBe(0);
  };
  const objects = async (study: string, modality: string): Promise<number> =>
    ((await (await product.fetch(`/dicom-web/studies/${study}/instances?Modality=${modality}`)).json()) as readonly object[])
      .length;

  it('begins with signing in and the list, by keys', async () => {
    await signIn(page);
    await page.getByText('Ca 20').first().waitFor(SLOW);
    await here.shoot('day-list');
  });

  it('goes through twenty mixed studies by the keyboard, from the list and back to it', { timeout: 280_000 }, async () => {
    const seen: (string | null)[] = [];
    const row = page.locator('tr[aria-selected="true"]');
    const chosen = () => row.textContent();
    for (let number = 0; number < STUDIES; number += 1) {
      const before = number === 0 ? null : await chosen();
      // A page listens to keys once it was painted.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))',
      );
      await page.keyboard.press('ArrowDown');
      await expect.poll(chosen, SLOW).not.toBe(before);
      await page.keyboard.press('Enter');
      await isRead(page);
      seen.push(await shownStudy(page));
      for (const key of ['ArrowDown', 'i', '.', '0']) {
        await page.keyboard.press(key);
      }
      await page.goBack();
      await page.getByRole('searchbox').waitFor();
    }
    expect(seen.toSorted()).toEqual(studies.toSorted());
  });

  it('measures, compares with the prior, and publishes a report and key images', async () => {
    const study = studies[WITH_PRIOR] ?? '';
    await page.goto(`${product.url}/view?study=${study}`);
    await isRead(page);
    await measure(page);
    await expect.poll(() => phase(page), SLOW).toBe('saved');
    await publish(page, 'measurements');
    await publish(page, 'key-images');
    await expect.poll(async () => [await objects(study, 'SR'), await objects(study, 'KO')], SLOW).toEqual([1, 1]);
    await page.locator('[data-prior]').first().waitFor(SLOW);
    // The prior hangs beside it already; asked for again it stays.
    await page.keyboard.press('c');
    await expect
      .poll(
        () =>
          page
            .locator('[data-viewport="2"]')
            .getAttribute('data-shown-index')
            .catch(() => null),
        SLOW,
      )
      .not.toBeNull();
    expect(await page.locator('[data-viewport="2"]').getAttribute('data-study')).not.toBe(study);
    await here.shoot('day-compared');
  });

  it('loses the line in the middle, goes on measuring, and has it all when the line is back', async () => {
    const study = studies[0] ?? '';
    await page.goto(`${product.url}/view?study=${study}`);
    await isRead(page);
    await measure(page);
    await expect.poll(() => phase(page), SLOW).toBe('saved');
    await page.context().setOffline(true);
    await measure(page);
    await expect.poll(() => phase(page), SLOW).toBe('waiting');
    expect(await living(study)).toBe(1);
    await here.shoot('day-no-line');
    await page.context().setOffline(false);
    await expect.poll(() => phase(page), { timeout: 60_000 }).toBe('saved');
    expect(await living(study)).toBe(2);
  });

  it('closes the laptop, and goes on at another with everything there', async () => {
    const study = studies[8] ?? '';
    await page.goto(`${product.url}/view?study=${study}`);
    await isRead(page);
    await measure(page);
    await expect.poll(() => phase(page), SLOW).toBe('saved');
    expect(here.faults.filter((fault) => !/401|ERR_INTERNET_DISCONNECTED/.test(fault))).toEqual([]);
    await page.context().close();
    await using there = await openPage(browser);
    await signIn(there.page);
    for (const [place, marks] of [
      [8, 1],
      [0, 2],
      [WITH_PRIOR, 1],
    ] as const) {
      await there.page.goto(`${product.url}/view?study=${studies[place] ?? ''}`);
      await isRead(there.page);
      await expect.poll(() => findings(there.page), SLOW).toBe(marks);
    }
    await there.shoot('day-another-computer');
    expect(there.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
  });
});
