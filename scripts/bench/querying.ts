import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, CT_IMAGE_STORAGE, makeBatch, STUDY_SIZE } from './objects.ts';
import type { Place } from './processes.ts';
import { type Answered, CALLING, idle, type QueryTarget, type Question, query } from './query-client.ts';
import { askedOf, FIND_LINES, identifier, largeSeries, STUDY_ROOT } from './query-lines.ts';
import { type Found, QUERY_SERVERS, type QueryRun, type QueryRuns, type QueryServer } from './query-report.ts';
import {
  DCMQRSCP_STUDIES,
  fillDcmqrscp,
  fillFilmless,
  fillOrthanc,
  startDcmqrscp,
  startDestination,
  writeStudies,
} from './query-servers.ts';
import { type Partners, type Server, startServer } from './servers.ts';
import { STORE_LINES, send, type Target } from './storing.ts';

/** How much is asked of whom. */
export interface QuerySizes {
  /** Studies of Filmless and of Orthanc. */
  readonly studies: number;
  /** Images of each of them in Filmless; the others have one of each. */
  readonly instances: number;
  /** Images of the one large series, of Filmless. */
  readonly large: number;
  /** Small images of a study that C-GET takes at once, from Filmless. */
  readonly got: number;
  /** CT images that C-MOVE and C-GET move. */
  readonly moved: number;
  /** Questions of a line that count, each time a server is started. */
  readonly repeats: number;
  /** Times each server is started. */
  readonly rounds: number;
}

/** Asked before the first line: a server in use has been asked before. */
const WARM_UP = 200;
const IDLE = 64;
const BUSY = 32;
const SETTLE_MS = 3_000;

const question = (kind: Question['kind'], more: Partial<Question> = {}): Question => ({
  kind,
  model: kind === 'idle' ? STUDY_ROOT.find : STUDY_ROOT[kind],
  storage: CT_IMAGE_STORAGE,
  associations: 1,
  identifiers: [],
  ...more,
});

/** Times and matches of each line. */
async function finds(name: QueryServer, target: QueryTarget, sizes: QuerySizes, place: Place): Promise<QueryRun['find']> {
  const found = new Map<string, Found>();
  const { repeats, studies } = sizes;
  const asked = askedOf(studies, studiesOfDcmqrscp(sizes));
  const lines = FIND_LINES.filter(({ of }) => of.includes(name));
  const [first] = lines;
  if (first !== undefined) {
    const identifiers = Array.from({ length: WARM_UP }, (_, at) => identifier(first.level, first.keys(at, asked)));
    await query(target, question('find', { identifiers }), place);
  }
  for (const line of lines) {
    const identifiers = Array.from({ length: 2 * repeats }, (_, at) => identifier(line.level, line.keys(at, asked)));
    // The first half is not counted: a server that was just started compiles and fills its caches.
    const answers = (await query(target, question('find', { identifiers }), place)).answers.slice(repeats);
    if (answers.every(({ results }) => results === 0)) {
      throw new Error(`${target.aeTitle}: C-FIND ${line.title}: nothing was found`);
    }
    found.set(line.key, {
      ms: answers.map(({ seconds }) => seconds * 1000),
      matches: answers.map(({ results }) => results),
    });
  }
  return found;
}

/** Studies one after the other; images a second, of the second time: the first reads the files and compiles, as questions before do. */
async function moves(kind: 'move' | 'get', target: QueryTarget, batch: Batch, partners: Partners, place: Place): Promise<number> {
  const identifiers = batch.studies.map(({ study }) => identifier('STUDY', { StudyInstanceUID: study }, false));
  const asked = question(kind, { identifiers, destination: partners.destination.aeTitle });
  const images = batch.studies.length * batch.perStudy;
  rate(await query(target, asked, place), images);
  return rate(await query(target, asked, place), images);
}

function rate({ answers, seconds }: Answered, expected: number): number {
  const came = answers.reduce((sum, { results }) => sum + results, 0);
  if (came !== expected) {
    const failed = answers.reduce((sum, answer) => sum + answer.failed, 0);
    throw new Error(`${came} images came in place of ${expected}, ${failed} failed`);
  }
  return came / seconds;
}

/** NOTE: over one association: dcmqrscp forgets images that come over several at once. */
async function storeCt(target: Target, sizes: QuerySizes, place: Place): Promise<Batch> {
  const [line] = STORE_LINES;
  const batch = makeBatch(512, sizes.moved, STUDY_SIZE.ct);
  if (line !== undefined) {
    await send(target, line, batch, sizes.moved, place, false);
  }
  return batch;
}

/** Resident bytes more than before, at most, while something is done. */
async function growth(server: Measured, work: () => Promise<unknown>): Promise<number> {
  await sleep(SETTLE_MS);
  const before = server.memory().bytes;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, server.memory().bytes);
  }, 200);
  try {
    await work();
    most = Math.max(most, server.memory().bytes);
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

async function memoryOf(server: Measured, ct: Batch, sizes: QuerySizes, place: Place): Promise<ReadonlyMap<string, number>> {
  const line = STORE_LINES.find(({ key }) => key === 'small-4');
  const small = makeBatch(16, sizes.got, sizes.got);
  if (line !== undefined) {
    await send(server, line, small, sizes.got, place, false);
  }
  const [study] = small.studies;
  const grown = new Map<string, number>();
  const idleFor = async () => {
    await using _open = await idle(server, question('idle', { associations: IDLE }), place);
    await sleep(SETTLE_MS);
  };
  grown.set(`${IDLE} idle associations`, await growth(server, idleFor));
  const large = question('find', { identifiers: [identifier('IMAGE', largeSeries(sizes.studies))] });
  const found = async () => {
    const { answers } = await query(server, large, place);
    if (answers[0]?.results !== sizes.large) {
      throw new Error(`C-FIND gave ${answers[0]?.results} matches in place of ${sizes.large}`);
    }
  };
  grown.set(`a C-FIND with ${sizes.large.toLocaleString('en-GB')} matches`, await growth(server, found));
  const one = question('get', { identifiers: [identifier('STUDY', { StudyInstanceUID: study?.study ?? '' }, false)] });
  const got = async () => rate(await query(server, one, place), sizes.got);
  grown.set(`a C-GET of ${sizes.got.toLocaleString('en-GB')} images`, await growth(server, got));
  const [first] = ct.studies;
  const busy = question('get', {
    associations: BUSY,
    identifiers: [identifier('STUDY', { StudyInstanceUID: first?.study ?? '' }, false)],
  });
  const busyWork = async () => rate(await query(server, busy, place), BUSY * ct.perStudy);
  grown.set(`${BUSY} associations, each a C-GET of ${ct.perStudy} CT images`, await growth(server, busyWork));
  return grown;
}

/** A server that holds what it is asked for, and is started for each round. */
interface Prepared {
  readonly name: QueryServer;
  readonly place: Place;
  readonly ct: Batch;
  start(): Promise<Started>;
}

type Measured = Target & Pick<Server, 'memory'>;
type Started = AsyncDisposable & Target & Partial<Measured>;

type Filled = Pick<Prepared, 'start'>;

/** It lets go of the first when there are too many: the large one and those that are moved need room, too. */
export function studiesOfDcmqrscp({ studies, moved }: QuerySizes): number {
  return Math.min(studies, DCMQRSCP_STUDIES - 1 - moved / STUDY_SIZE.ct);
}

/** Gives each server its studies, once. */
const FILL: Readonly<Record<QueryServer, (sizes: QuerySizes, partners: Partners, place: Place) => Promise<Filled>>> = {
  dcmqrscp: async (sizes, partners, place) => {
    const files = await writeStudies(join(place.folder, 'studies'), sizes.studies, studiesOfDcmqrscp(sizes));
    const start = () => startDcmqrscp(partners, place);
    await using server = await start();
    fillDcmqrscp(server, files);
    return { start };
  },
  orthanc: async (sizes, partners, place) => {
    const files = await writeStudies(join(place.folder, 'studies'), sizes.studies);
    const start = () => startServer('orthanc', place, partners);
    await using server = await start();
    await fillOrthanc(server, files, place.signal);
    return { start };
  },
  filmless: async (sizes, partners, place) => {
    fillFilmless(place.folder, sizes.studies, sizes.instances, sizes.large);
    return { start: () => startServer('filmless', place, partners) };
  },
};

async function prepare(name: QueryServer, sizes: QuerySizes, partners: Partners, place: Place): Promise<Prepared> {
  const own = { ...place, folder: join(place.folder, name) };
  await mkdir(own.folder, { recursive: true });
  const filled = await FILL[name](sizes, partners, own);
  await using server = await filled.start();
  const ct = await storeCt(server, sizes, own);
  // What was stored comes to rest: written, and read into the cache where a server does that.
  await sleep(SETTLE_MS);
  return { ...filled, name, place: own, ct };
}

/** One start of a server, asked everything; in the last round the memory of Filmless, too. */
async function runRound(
  { name, place, ct, start }: Prepared,
  sizes: QuerySizes,
  partners: Partners,
  last: boolean,
): Promise<QueryRun> {
  await using server = await start();
  const find = await finds(name, server, sizes, place);
  const move = await moves('move', server, ct, partners, place);
  const get = await moves('get', server, ct, partners, place);
  const { memory } = server;
  const isMeasured = last && name === 'filmless' && memory !== undefined;
  return { find, move, get, memory: isMeasured ? await memoryOf({ ...server, memory }, ct, sizes, place) : new Map() };
}

type Say = (text: string) => void;

/** The lines of Query/Retrieve: servers one after the other, another one first in each round. After `deadlineMs` one more round is the last. */
export async function runQueries(sizes: QuerySizes, deadlineMs: number, place: Place, say: Say): Promise<QueryRuns> {
  const began = performance.now();
  await using destination = await startDestination(place);
  const partners = { caller: CALLING, destination };
  const servers: Prepared[] = [];
  for (const name of QUERY_SERVERS) {
    servers.push(await prepare(name, sizes, partners, place));
    say(`${name} is filled`);
  }
  const runs: Record<QueryServer, QueryRun[]> = { dcmqrscp: [], orthanc: [], filmless: [] };
  for (let [round, last] = [0, false]; !last; round += 1) {
    last = round + 1 === sizes.rounds || performance.now() - began > deadlineMs;
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      runs[server.name].push(await runRound(server, sizes, partners, last));
    }
    checkSame(runs);
    say(`queries: round ${round + 1} of ${sizes.rounds} done after ${((performance.now() - began) / 60_000).toFixed(1)} min`);
  }
  return runs;
}

/** Orthanc and Filmless hold the same studies: they must find the same. */
function checkSame({ orthanc, filmless }: QueryRuns): void {
  for (const { key, title } of FIND_LINES.filter(({ of }) => of.includes('orthanc'))) {
    const [theirs, ours] = [orthanc, filmless].map((runs) => runs.at(-1)?.find.get(key)?.matches.join(' '));
    if (theirs !== ours) {
      throw new Error(`C-FIND ${title}: Orthanc found ${theirs} and Filmless ${ours}`);
    }
  }
}
