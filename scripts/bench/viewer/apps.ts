import type { Page } from 'playwright-core';
import { type BenchStudy, benchStudy } from './studies.ts';

export type AppName = 'ohif' | 'filmless';

/** A viewer, by what a person does with it. */
export interface App {
  readonly name: AppName;
  /** Where a study is opened by a link. */
  studyUrl(study: BenchStudy): string;
  openList(page: Page): Promise<void>;
  /** From the list; the last click is the one that opens the study. */
  clickStudy(page: Page, study: BenchStudy): Promise<void>;
  /** What it says to whoever opens it for the first time is put away. */
  dismissGreetings(page: Page): Promise<void>;
  /** Three planes in place of the stack; false where it has none. */
  openPlanes(page: Page): Promise<boolean>;
}

const PATIENCE = { timeout: 30_000 };

export function filmlessApp(url: string): App {
  const row = (page: Page, { studyInstanceUid }: BenchStudy) => page.locator(`[id="study-${studyInstanceUid}"] td`).first();
  return {
    name: 'filmless',
    studyUrl: ({ studyInstanceUid }) => `${url}/view?study=${studyInstanceUid}`,
    openList: async (page) => {
      await page.goto(url);
      await page.locator('tr.study').first().waitFor(PATIENCE);
    },
    clickStudy: (page, study) => row(page, study).click(PATIENCE),
    dismissGreetings: () => Promise.resolve(),
    openPlanes: async (page) => {
      const button = page.locator('[data-action="mpr"]').first();
      if ((await button.count()) === 0) {
        return false;
      }
      await button.click(PATIENCE);
      return true;
    },
  };
}

export function ohifApp(url: string): App {
  const cy = (page: Page, name: string) => page.locator(`[data-cy="${name}"]`);
  const opener = (page: Page) => page.getByRole('button', { name: 'Basic Viewer' });
  return {
    name: 'ohif',
    studyUrl: ({ studyInstanceUid }) => `${url}/viewer?StudyInstanceUIDs=${studyInstanceUid}`,
    openList: async (page) => {
      await page.goto(url);
      await page.getByText(benchStudy('warm').patientId).first().waitFor(PATIENCE);
    },
    clickStudy: async (page, { patientId }) => {
      await page.getByText(patientId, { exact: true }).first().click(PATIENCE);
      await opener(page).click(PATIENCE);
    },
    dismissGreetings: async (page) => {
      for (const greeting of [page.getByText('Skip all'), cy(page, 'confirm-and-hide-button')]) {
        await greeting.click({ timeout: 3_000 }).catch(() => undefined);
      }
    },
    openPlanes: async (page) => {
      await cy(page, 'Layout').click(PATIENCE);
      await cy(page, 'MPR').click(PATIENCE);
      return true;
    },
  };
}
