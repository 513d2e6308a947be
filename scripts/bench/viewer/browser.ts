import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { residentOf } from '../processes.ts';
import { isSettled, type Received } from './timeline.ts';
import { WATCH, type Watched } from './watch.ts';

const CHROMIUM = '/usr/bin/chromium';
/** As the tests have it: no network of its own, WebGL by the processor. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];
const SCREEN = { width: 1366, height: 768 };
const LOOK_MS = 100;

export function missingChromium(): readonly string[] {
  return existsSync(CHROMIUM) ? [] : [`${CHROMIUM} (Debian: chromium)`];
}

/** One Chromium for each viewer, so that its processes are known by it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page that is watched, of somebody signed in, with a cache of its own. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly received: () => Promise<readonly Received[]>;
  watched(): Promise<Watched>;
  /** Until a canvas shows something and nothing changed for `stillMs`; what plays by itself is waited for `mostMs`. */
  settled(stillMs: number, mostMs: number): Promise<Watched>;
}

export interface SessionCookie {
  readonly name: string;
  readonly value: string;
}

export async function openPage(browser: Browser, cookies: readonly SessionCookie[]): Promise<WatchedPage> {
  const context: BrowserContext = await browser.newContext({ locale: 'en-GB', viewport: SCREEN });
  // A cookie holds for all ports of its host.
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: '127.0.0.1', path: '/' })));
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  const bytes = await receivedBytes(page);
  const watched = async () => (await page.evaluate('window.__watch.report()')) as Watched;
  return {
    page,
    watched,
    received: async () => {
      const { timeOrigin } = await watched();
      return bytes().map(({ at, bytes: count }) => ({ at: at - timeOrigin, bytes: count }));
    },
    settled: async (stillMs, mostMs) => {
      for (const until = performance.now() + mostMs; ; await sleep(LOOK_MS)) {
        const now = await watched();
        if (isSettled(now, stillMs) || performance.now() > until) {
          return now;
        }
      }
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Answers by the wall clock, in ms. */
async function receivedBytes(page: Page): Promise<() => readonly Received[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const all: Received[] = [];
  /** Between the browser's own clock and the wall's. */
  let offset = 0;
  session.on('Network.requestWillBeSent', ({ timestamp, wallTime }) => {
    offset = (wallTime - timestamp) * 1000;
  });
  session.on('Network.loadingFinished', ({ timestamp, encodedDataLength }) => {
    all.push({ at: timestamp * 1000 + offset, bytes: encodedDataLength });
  });
  await session.send('Network.enable');
  return () => all;
}

/** Resident bytes of the pages' processes, and of the one that draws for them. */
export interface BrowserMemory {
  readonly renderer: number;
  readonly drawing: number;
}

export async function memoryOf(session: CDPSession): Promise<BrowserMemory> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sum = (type: string) =>
    processInfo.filter((one) => one.type === type).reduce((total, { id }) => total + residentOf(id), 0);
  return { renderer: sum('renderer'), drawing: sum('GPU') };
}
