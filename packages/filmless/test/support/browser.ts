import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ROOT } from './product.ts';

/** Where the test keeps its screenshots, to be looked at. */
export const SCREENSHOTS: string = join(ROOT, 'test-results', 'screenshots');

export const FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** Debian's Chromium without a window, drawing WebGL in software. */
export function startBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS] });
}

/** A page in Vietnamese that remembers everything said on its console as an error, and every request that failed. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly faults: readonly string[];
  shoot(name: string): Promise<void>;
}

export async function openPage(
  browser: Browser,
  options: { readonly locale?: string; readonly width?: number; readonly height?: number } = {},
): Promise<WatchedPage> {
  const viewport = { width: options.width ?? 1366, height: options.height ?? 768 };
  const context: BrowserContext = await browser.newContext({
    locale: options.locale ?? 'vi-VN',
    viewport,
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      faults.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  return {
    page,
    faults,
    async shoot(name) {
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** How much the pixels on the screen differ, as a standard deviation of grey levels: a picture is not one colour. */
const SPREAD = `(canvas) => {
  if (canvas === null) return 0;
  const context = new OffscreenCanvas(256, 256).getContext('2d');
  context.drawImage(canvas, 0, 0, 256, 256);
  const greys = context.getImageData(0, 0, 256, 256).data.filter((_, index) => index % 4 === 0);
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  return Math.sqrt(greys.reduce((sum, grey) => sum + (grey - mean) ** 2, 0) / greys.length);
}`;

/** Of the canvas with this selector; of several the one that is told, counted from 0. */
export async function spreadOf(page: Page, canvas: string, which = 0): Promise<number> {
  return Number(await page.evaluate(`(${SPREAD})(document.querySelectorAll('${canvas}')[${which}] ?? null)`));
}
