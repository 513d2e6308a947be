import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBatch } from './objects.ts';
import type { Place } from './processes.ts';
import { startDestination } from './query-servers.ts';
import { type Partners, type Server, type ServerName, startServer } from './servers.ts';
import { restAfterRemoval, settleDisk } from './settle.ts';
import { STORE_LINES, send } from './storing.ts';

/** By what images are sent on. */
export type ForwardLine = 'dimse' | 'stow';

/** Instances a second, from the word to send them on to the last that the receiver took. */
export type ForwardedPair = Readonly<Record<ServerName, number>>;

export interface ForwardSizes {
  readonly count: number;
  readonly pairs: number;
  /** After so long no pair is begun, in ms. */
  readonly deadlineMs: number;
}

const POLL_MS = 50;
const SELDOM_MS = 250;
/** Instances before the end. */
const NEAR = 200;
const FORWARD_MS = 300_000;
/** Sent on before the images that count: a server in use has sent on before, and its receiver has taken. */
const BEFORE = 1_000;
const CALLER = 'BENCH';

/**
 * Each server keeps the same images and sends them on when it is told: by C-STORE to DCMTK's storescp, which throws them away, by
 * STOW-RS to a Filmless, which stores them. By C-STORE one pair is enough: Orthanc takes minutes.
 */
export async function runForwarding(
  { count, pairs, deadlineMs }: ForwardSizes,
  place: Place,
  say: (text: string) => void,
): Promise<Readonly<Record<ForwardLine, readonly ForwardedPair[]>>> {
  const began = performance.now();
  const found: Record<ForwardLine, ForwardedPair[]> = { dimse: [], stow: [] };
  const plan: readonly ForwardLine[] = ['dimse', ...new Array<'stow'>(pairs).fill('stow')];
  for (const line of plan) {
    if (found[line].length > 0 && performance.now() - began > deadlineMs) {
      break;
    }
    const order: readonly ServerName[] = found[line].length % 2 === 0 ? ['orthanc', 'filmless'] : ['filmless', 'orthanc'];
    const rates: Record<ServerName, number> = { orthanc: Number.NaN, filmless: Number.NaN };
    for (const name of order) {
      await restAfterRemoval(place.signal);
      const folder = join(place.folder, `forward-${name}-${line}`);
      await mkdir(folder);
      rates[name] = await forward(name, line, count, { ...place, folder });
      await rm(folder, { recursive: true });
      say(`${name}: sent on by ${line}: ${rates[name].toFixed(0)} a second`);
    }
    found[line].push(rates);
  }
  return found;
}

async function forward(name: ServerName, line: ForwardLine, count: number, place: Place): Promise<number> {
  const within = async (part: string): Promise<Place> => {
    const folder = join(place.folder, part);
    await mkdir(folder);
    return { ...place, folder };
  };
  await using tool = await startDestination(place);
  await using receiver = await startServer('filmless', await within('receiver'));
  const partners: Partners = { caller: CALLER, destination: { aeTitle: tool.aeTitle, port: tool.port } };
  await using server = await startServer(name, await within('sender'), partners);
  const target = line === 'dimse' ? partners.destination : receiver;
  await (name === 'orthanc' ? setUpOrthanc(server, target) : setUpFilmless(server, target));
  const [ct] = STORE_LINES;
  if (ct === undefined) {
    throw new Error('there is no line of storing');
  }
  let seconds = 0;
  let sent = 0;
  const known = new Set<string>();
  for (const more of [BEFORE, count]) {
    await send(server, ct, makeBatch(ct.size, more, ct.perStudy), more, place);
    await settleDisk(place.signal);
    sent += more;
    seconds = await (name === 'orthanc' ? sendFromOrthanc(server, line, known) : sendFromFilmless(server, sent, place.signal));
  }
  return count / seconds;
}

type ForwardTarget = Partners['destination'] | Server;

const isServer = (target: ForwardTarget): target is Server => 'httpPort' in target;

async function setUpFilmless(server: Server, target: ForwardTarget): Promise<void> {
  const where = isServer(target)
    ? { kind: 'filmless', url: `http://127.0.0.1:${target.httpPort}`, token: bearer(target) }
    : { kind: 'dicom', aeTitle: target.aeTitle, host: '127.0.0.1', port: target.port };
  await ask(server, 'POST', '/api/destinations', { id: 'onward', when: {}, enabled: false, ...where });
}

/** The modality of C-STORE stands in its configuration. */
async function setUpOrthanc(server: Server, target: ForwardTarget): Promise<void> {
  if (isServer(target)) {
    const settings = { Url: `http://127.0.0.1:${target.httpPort}/dicom-web/`, HttpHeaders: target.headers };
    await ask(server, 'PUT', '/dicom-web/servers/onward', settings);
  }
}

/** Lets go of what waits, and gives the seconds until so many have arrived in all; what comes afterwards waits again. */
async function sendFromFilmless(server: Server, count: number, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  await ask(server, 'POST', '/api/queues/onward/pause', { paused: false });
  for (let passed = 0; passed < FORWARD_MS; passed = performance.now() - began) {
    const { queues } = (await ask(server, 'GET', '/api/queues')) as { readonly queues: readonly { readonly done: number }[] };
    const done = queues[0]?.done ?? 0;
    if (done === count) {
      const seconds = (performance.now() - began) / 1000;
      await ask(server, 'POST', '/api/queues/onward/pause', { paused: true });
      return seconds;
    }
    // The question costs the server something: it is seldom asked until the end is near.
    await sleep(done + NEAR < count ? SELDOM_MS : POLL_MS, undefined, { signal });
  }
  throw new Error('Filmless did not send all on');
}

/** Sends what it has not sent, and gives the seconds that took. */
async function sendFromOrthanc(server: Server, line: ForwardLine, sent: Set<string>): Promise<number> {
  const studies = (await studiesOfOrthanc(server)).filter((study) => !sent.has(study));
  const path = line === 'dimse' ? '/modalities/destination/store' : '/dicom-web/servers/onward/stow';
  const began = performance.now();
  await ask(server, 'POST', path, { Resources: studies, Synchronous: true });
  const seconds = (performance.now() - began) / 1000;
  for (const study of studies) {
    sent.add(study);
  }
  return seconds;
}

async function studiesOfOrthanc(server: Server): Promise<readonly string[]> {
  return (await ask(server, 'GET', '/studies')) as readonly string[];
}

function bearer({ headers }: Server): string {
  return (headers.authorization ?? '').replace('Bearer ', '');
}

async function ask(server: Server, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${server.httpPort}${path}`, {
    method,
    headers: { ...server.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${server.name} answered ${response.status} to ${path}: ${text.slice(0, 300)}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}
