import { readdirSync, readFileSync } from 'node:fs';
import { type BrowserContext, chromium } from 'playwright-core';
import { FLAGS } from './browser.ts';

/** A browser that keeps its profile in a folder, as on a real computer. */
export function startProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: '/usr/bin/chromium',
    args: [...FLAGS],
    locale: 'vi-VN',
    viewport: { width: 1366, height: 768 },
  });
}

/** Ends the processes of that browser, and of no other, as a power cut does. */
export function killProfile(folder: string): void {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (commandOf(name).includes(`--user-data-dir=${folder}`)) {
      kill(Number(name));
    }
  }
}

function commandOf(name: string): readonly string[] {
  try {
    return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // Its parent went first, and took it along.
  }
}
