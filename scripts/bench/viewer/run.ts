import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatContentType, newBoundary, writeMultipart } from '@filmless/dicom';
import type { Place } from '../processes.ts';
import { PASSWORD, type Server, startServer } from '../servers.ts';
import { type AppName, filmlessApp, ohifApp } from './apps.ts';
import { type BrowserMemory, missingChromium, type SessionCookie, startBrowser } from './browser.ts';
import {
  measureOpening,
  measurePlanes,
  measureReading,
  measureScrolling,
  type OpeningKind,
  type ReadFor,
  type Scrolled,
  type Stages,
} from './measuring.ts';
import { missingOhif, startOhif } from './ohif.ts';
import { type BenchStudy, benchStudy, type StudyKey } from './studies.ts';
import type { Opened } from './timeline.ts';

export const VIEWER_PARTS = ['opening', 'scrolling', 'reading', 'planes'] as const;
export type ViewerPart = (typeof VIEWER_PARTS)[number];

export interface ViewerOptions {
  readonly rounds: number;
  /** Minutes each viewer is read with. */
  readonly minutes: number;
  readonly parts: readonly ViewerPart[];
}

type Each<T> = Readonly<Record<AppName, readonly T[]>>;

export interface OpeningLine {
  readonly study: BenchStudy;
  readonly kind: OpeningKind;
  readonly opened: Each<Opened>;
}

/** What was measured; a part that was not asked for is empty. */
export interface ViewerRuns {
  readonly opening: readonly OpeningLine[];
  readonly scrolling: Each<Scrolled>;
  readonly reading: Each<ReadFor>;
  readonly planes: Each<BrowserMemory | undefined>;
}

const DIST = join(dirname(dirname(dirname(import.meta.dirname))), 'packages', 'viewer', 'dist', 'index.html');

export function missingForViewers(): readonly string[] {
  return [...(existsSync(DIST) ? [] : ['the built viewer (npm start builds it)']), ...missingChromium(), ...missingOhif()];
}

const OPENED: readonly StudyKey[] = ['ct-300', 'dx', 'mg', 'us-200'];
const NEEDED: Readonly<Record<ViewerPart, readonly StudyKey[]>> = {
  opening: OPENED,
  scrolling: ['ct-500'],
  reading: OPENED,
  planes: ['ct-1000'],
};
/** Objects of one request. */
const BATCH = 40;
/** What the archive makes of a series at rest is there. */
const REST_MS = 35_000;
const APPS: readonly AppName[] = ['ohif', 'filmless'];

async function store(server: Server, study: BenchStudy): Promise<void> {
  const send = async (files: readonly Uint8Array[]): Promise<void> => {
    const boundary = newBoundary();
    const parts = files.map((body) => ({ headers: { 'content-type': 'application/dicom' }, body }));
    const headers = {
      ...server.headers,
      'content-type': formatContentType('multipart/related', { type: 'application/dicom', boundary }),
    };
    const init = { method: 'POST', headers, body: writeMultipart(parts, boundary), duplex: 'half' } as RequestInit;
    const response = await fetch(`http://127.0.0.1:${server.httpPort}/dicom-web/studies`, init);
    const said = await response.text();
    if (response.status !== 200) {
      throw new Error(`${study.title} was not stored: ${response.status} ${said.slice(0, 300)}`);
    }
  };
  let batch: Uint8Array[] = [];
  for (const file of study.files()) {
    batch.push(file);
    if (batch.length === BATCH) {
      await send(batch);
      batch = [];
    }
  }
  if (batch.length > 0) {
    await send(batch);
  }
}

async function signIn(server: Server): Promise<readonly SessionCookie[]> {
  const response = await fetch(`http://127.0.0.1:${server.httpPort}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  const cookies = response.headers.getSetCookie().map((text) => /^([^=]+)=([^;]*)/.exec(text));
  if (response.status !== 204 || cookies.length === 0) {
    throw new Error(`signing in was answered with ${response.status}`);
  }
  return cookies.flatMap((found) =>
    found?.[1] === undefined || found[2] === undefined ? [] : { name: found[1], value: found[2] },
  );
}

/** Each app in turn first, one after the other, as often as told. */
async function inTurn<T>(times: number, place: Place, measure: (name: AppName) => Promise<T>): Promise<Each<T>> {
  const found = { ohif: [] as T[], filmless: [] as T[] };
  for (let time = 0; time < times; time += 1) {
    for (const name of time % 2 === 0 ? APPS : APPS.toReversed()) {
      place.signal.throwIfAborted();
      found[name].push(await measure(name));
    }
  }
  return found;
}

const NONE = { ohif: [], filmless: [] };

/** Filmless's viewer and OHIF over one Filmless archive, on one machine, looked at by the same eyes. */
export async function runViewers(
  { rounds, minutes, parts }: ViewerOptions,
  place: Place,
  say: (text: string) => void,
): Promise<ViewerRuns> {
  await using server = await startServer('filmless', { ...place, folder: join(place.folder, 'viewer') });
  await using ohif = await startOhif(server.httpPort, { ...place, folder: join(place.folder, 'ohif') });
  const keys: ReadonlySet<StudyKey> = new Set(['warm' as const, ...parts.flatMap((part) => NEEDED[part])]);
  for (const key of keys) {
    await store(server, benchStudy(key));
  }
  const cookies = await signIn(server);
  await using browsers = new AsyncDisposableStack();
  const stage = async (app: Stages[AppName]['app']) => {
    const browser = await startBrowser();
    browsers.defer(() => browser.close());
    return { app, browser, cookies };
  };
  const stages: Stages = {
    ohif: await stage(ohifApp(ohif.url)),
    filmless: await stage(filmlessApp(`http://127.0.0.1:${server.httpPort}`)),
  };
  say(`${keys.size} studies are stored`);
  await sleep(REST_MS, undefined, { signal: place.signal });
  const opening: OpeningLine[] = [];
  if (parts.includes('opening')) {
    for (const study of OPENED.map(benchStudy)) {
      for (const kind of ['click', 'navigation'] as const) {
        const opened = await inTurn(rounds, place, (name) => measureOpening(stages[name], study, kind));
        opening.push({ study, kind, opened });
        say(
          `${study.title}, by ${kind}: first after ${told(opened, ({ firstMs }) => firstMs)}, full after ${told(opened, ({ fullMs }) => fullMs)} ms`,
        );
      }
    }
  }
  const scrolling = parts.includes('scrolling')
    ? await inTurn(rounds, place, (name) => measureScrolling(stages[name], benchStudy('ct-500')))
    : NONE;
  if (parts.includes('scrolling')) {
    say(
      `scrolling: ${told(scrolling, ({ stack }) => stack)} images a second, planes ${told(scrolling, ({ planes }) => planes ?? 0)}`,
    );
  }
  const reading = parts.includes('reading') ? await inTurn(1, place, (name) => measureReading(stages[name], minutes)) : NONE;
  if (parts.includes('reading')) {
    say(`reading: ${told(reading, ({ highest }) => highest.renderer / 1e6)} MB`);
  }
  const planes = parts.includes('planes')
    ? await inTurn(1, place, (name) => measurePlanes(stages[name], benchStudy('ct-1000')))
    : NONE;
  return { opening, scrolling, reading, planes };
}

function told<T>(each: Each<T>, of: (one: T) => number): string {
  return APPS.map((name) => `${name} ${each[name].map((one) => of(one).toFixed(1)).join(' ')}`).join(', ');
}
