import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { App, AppName } from './apps.ts';
import { type BrowserMemory, memoryOf, openPage, type SessionCookie, type WatchedPage } from './browser.ts';
import { type BenchStudy, benchStudy, type StudyKey } from './studies.ts';
import { isPicture, type Opened, openedOf } from './timeline.ts';

/** A viewer in a browser of its own, ready to be opened. */
export interface Stage {
  readonly app: App;
  readonly browser: Browser;
  readonly cookies: readonly SessionCookie[];
}

export type Stages = Readonly<Record<AppName, Stage>>;

export type OpeningKind = 'click' | 'navigation';

/** A picture that stays so long is the one that stays. */
const STILL_MS = 1_500;
/** What plays by itself never stays; a large image takes this long on a slow machine. */
const MOST_MS = 20_000;
const WARM_MS = 20_000;

/** A page whose program is in the cache, and which never had the study. */
async function warmPage({ app, browser, cookies }: Stage): Promise<WatchedPage> {
  const watched = await openPage(browser, cookies);
  await watched.page.goto(app.studyUrl(benchStudy('warm')));
  await watched.settled(STILL_MS, WARM_MS);
  await app.dismissGreetings(watched.page);
  return watched;
}

/** Opens a study once and says when what was on the screen. */
export async function measureOpening(stage: Stage, study: BenchStudy, kind: OpeningKind): Promise<Opened> {
  await using watched = await warmPage(stage);
  const { page } = watched;
  if (kind === 'click') {
    await stage.app.openList(page);
    await sleep(STILL_MS);
    await page.evaluate('window.__watch.restart()');
    await stage.app.clickStudy(page, study);
  } else {
    await page.goto('about:blank');
    await page.goto(stage.app.studyUrl(study), { waitUntil: 'commit' });
  }
  const seen = await watched.settled(STILL_MS, MOST_MS);
  try {
    return openedOf(seen, await watched.received(), kind === 'click' ? seen.clickedAt : 0);
  } catch (error) {
    throw new Error(`${stage.app.name}, ${study.title}, by ${kind}: ${String(error)}`, { cause: error });
  }
}

/** How long all of a series may take to come. */
const LOADING_MS = 30_000;
const WHEEL_MS = 8_000;
const NOTCH_MS = 1000 / 30;
/** What was turned and not dealt with yet is left to the page for so long. */
const DRAIN_MS = 5_000;

/** Pictures a second, once with all of a stack there, and through three planes where there are such. */
export interface Scrolled {
  /** Of the canvas the stack is drawn on: what software draws is paid for by the pixel. */
  readonly pixels: number;
  readonly stack: number;
  readonly planes: number | undefined;
}

const LARGEST_CANVAS = "Math.max(...[...document.querySelectorAll('canvas')].map(({ width, height }) => width * height))";

export async function measureScrolling(stage: Stage, study: BenchStudy): Promise<Scrolled> {
  await using watched = await warmPage(stage);
  const { page } = watched;
  await page.goto(stage.app.studyUrl(study));
  await watched.settled(STILL_MS, MOST_MS);
  await page.waitForLoadState('networkidle', { timeout: LOADING_MS }).catch(() => undefined);
  const pixels = Number(await page.evaluate(LARGEST_CANVAS));
  const stack = await scroll(watched, 1);
  const hasPlanes = await stage.app.openPlanes(page);
  if (!hasPlanes) {
    return { pixels, stack, planes: undefined };
  }
  await threePlanes(watched);
  return { pixels, stack, planes: await scroll(watched, 3) };
}

const PLANES_MS = 120_000;

/** Until three canvases show something that stays. */
async function threePlanes(watched: WatchedPage): Promise<void> {
  for (const until = performance.now() + PLANES_MS; performance.now() < until; ) {
    const { looks, visible } = await watched.settled(STILL_MS, PLANES_MS);
    const shown = visible.filter((id) => looks.some((look) => look.id === id && look.kind === 'canvas' && isPicture(look)));
    if (shown.length >= 3) {
      return;
    }
  }
  throw new Error('no three planes were seen');
}

/** Turns the wheel 30 notches a second, as a hand does and whether the page keeps up or not; back at either end. Changes of pictures a second. */
async function scroll({ page, watched }: WatchedPage, planes: number): Promise<number> {
  const [x, y] = planes === 1 ? [700, 450] : [450, 400];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 120);
  await sleep(STILL_MS);
  await page.evaluate('window.__watch.restart()');
  const began = performance.now();
  const turned: Promise<void>[] = [];
  for (let turn = 0; performance.now() - began < WHEEL_MS; turn += 1) {
    // Not awaited: the answer comes when the page has dealt with it, and a wheel does not wait for that.
    turned.push(page.mouse.wheel(0, Math.floor(turn / 100) % 2 === 0 ? 120 : -120).catch(() => undefined));
    await sleep(Math.max(0, (turn + 1) * NOTCH_MS - (performance.now() - began)));
  }
  const { changes } = await watched();
  const seconds = (performance.now() - began) / 1000;
  await Promise.race([Promise.all(turned), sleep(DRAIN_MS)]);
  return changes / seconds;
}

/** Memory while a person reads for some time, in bytes. */
export interface ReadFor {
  readonly studies: number;
  readonly highest: BrowserMemory;
  readonly last: BrowserMemory;
}

const READ: readonly StudyKey[] = ['ct-300', 'dx', 'mg', 'us-200'];
const PER_STUDY_MS = 3_000;
const SAMPLE_MS = 1_000;

/** From the list to a study, through it by wheel, a window by the right or left button, back to the list, and so on. */
export async function measureReading(stage: Stage, minutes: number): Promise<ReadFor> {
  await using watched = await warmPage(stage);
  const { page } = watched;
  const session = await stage.browser.newBrowserCDPSession();
  const samples: BrowserMemory[] = [];
  const timer = setInterval(
    () =>
      void memoryOf(session).then(
        (memory) => samples.push(memory),
        () => undefined,
      ),
    SAMPLE_MS,
  );
  let studies = 0;
  try {
    await stage.app.openList(page);
    for (const until = performance.now() + minutes * 60_000; performance.now() < until; studies += 1) {
      const study = benchStudy(READ[studies % READ.length] ?? 'dx');
      await stage.app.clickStudy(page, study);
      await page.waitForURL(`**${new URL(stage.app.studyUrl(study)).pathname}?**`);
      await watched.settled(500, MOST_MS);
      await page.mouse.move(700, 450);
      for (const reads = performance.now() + PER_STUDY_MS; performance.now() < reads; ) {
        await page.mouse.wheel(0, 120);
      }
      await page.mouse.down();
      await page.mouse.move(760, 480, { steps: 10 });
      await page.mouse.up();
      await page.goBack();
    }
  } finally {
    clearInterval(timer);
  }
  const last = await memoryOf(session);
  const most = (of: (memory: BrowserMemory) => number) => Math.max(...[...samples, last].map(of));
  return { studies, highest: { renderer: most(({ renderer }) => renderer), drawing: most(({ drawing }) => drawing) }, last };
}

/** Highest memory while three planes of a study are made and scrolled; undefined where there are none. */
export async function measurePlanes(stage: Stage, study: BenchStudy): Promise<BrowserMemory | undefined> {
  await using watched = await warmPage(stage);
  await watched.page.goto(stage.app.studyUrl(study));
  await watched.settled(STILL_MS, MOST_MS);
  if (!(await stage.app.openPlanes(watched.page))) {
    return undefined;
  }
  const session = await stage.browser.newBrowserCDPSession();
  let highest: BrowserMemory = { renderer: 0, drawing: 0 };
  const look = async () => {
    const { renderer, drawing } = await memoryOf(session);
    highest = { renderer: Math.max(highest.renderer, renderer), drawing: Math.max(highest.drawing, drawing) };
  };
  const timer = setInterval(() => void look().catch(() => undefined), SAMPLE_MS);
  try {
    await threePlanes(watched);
    await scroll(watched, 3);
    await look();
  } finally {
    clearInterval(timer);
  }
  return highest;
}
