import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, CT_IMAGE_STORAGE, makeBatch, STUDY_SIZE } from './objects.ts';
import type { Place } from './processes.ts';
import { type Answered, CALLING, idle, type QueryTarget, type Question, query } from './query-client.ts';
import { FIND_LINES, identifier, largeSeries, STUDY_ROOT } from './query-lines.ts';
import type { QueryRun, QueryServer } from './query-report.ts';
import { DCMQRSCP_STUDIES, fillFilmless, fillOrthanc, startDcmqrscp, startDestination, writeStudies } from './query-servers.ts';
import { type Partners, type Server, startServer } from './servers.ts';
import { STORE_LINES, send } from './storing.ts';

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
  readonly repeats: number;
}

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

async function finds(
  target: QueryTarget,
  all: boolean,
  sizes: QuerySizes,
  place: Place,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, readonly number[]>();
  for (const line of FIND_LINES.filter(({ compared }) => all || compared)) {
    const { repeats, studies } = sizes;
    const identifiers = Array.from({ length: 2 * repeats }, (_, at) => identifier(line.level, line.keys(at, studies)));
    // The first half is not counted: a server that was just started compiles and fills its caches.
    const answers = (await query(target, question('find', { identifiers }), place)).answers.slice(repeats);
    if (answers.every(({ results }) => results === 0)) {
      throw new Error(`${target.aeTitle}: C-FIND ${line.title}: nothing was found`);
    }
    times.set(
      line.key,
      answers.map(({ seconds }) => seconds * 1000),
    );
  }
  return times;
}

/** Studies one after the other; images a second. */
async function moves(kind: 'move' | 'get', target: QueryTarget, batch: Batch, partners: Partners, place: Place): Promise<number> {
  const identifiers = batch.studies.map(({ study }) => identifier('STUDY', { StudyInstanceUID: study }, false));
  const asked = question(kind, { identifiers, destination: partners.destination.aeTitle });
  return rate(await query(target, asked, place), batch.studies.length * batch.perStudy);
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
async function storeCt(target: Parameters<typeof send>[0], sizes: QuerySizes, place: Place): Promise<Batch> {
  const [line] = STORE_LINES;
  const batch = makeBatch(512, sizes.moved, STUDY_SIZE.ct);
  if (line !== undefined) {
    await send(target, line, batch, sizes.moved, place, false);
  }
  return batch;
}

/** Resident bytes more than before, at most, while something is done. */
async function growth(server: Server, work: () => Promise<unknown>): Promise<number> {
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

async function memoryOf(server: Server, ct: Batch, sizes: QuerySizes, place: Place): Promise<ReadonlyMap<string, number>> {
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

type Say = (text: string) => void;

async function askAll(
  server: QueryServer,
  target: Parameters<typeof send>[0],
  sizes: QuerySizes,
  partners: Partners,
  place: Place,
  say: Say,
): Promise<{ readonly ct: Batch; readonly run: QueryRun }> {
  const find = await finds(target, server === 'filmless', sizes, place);
  const ct = await storeCt(target, sizes, place);
  say(`${server}: C-FIND done`);
  const move = await moves('move', target, ct, partners, place);
  const get = await moves('get', target, ct, partners, place);
  return { ct, run: { find, move, get, memory: new Map<string, number>() } };
}

async function runOne(name: QueryServer, sizes: QuerySizes, partners: Partners, place: Place, say: Say): Promise<QueryRun> {
  const own = { ...place, folder: join(place.folder, name) };
  await mkdir(own.folder, { recursive: true });
  if (name === 'filmless') {
    fillFilmless(own.folder, sizes.studies, sizes.instances, sizes.large);
    await using server = await startServer(name, own, partners);
    const { run, ct } = await askAll(name, server, sizes, partners, own, say);
    return { ...run, memory: await memoryOf(server, ct, sizes, own) };
  }
  if (name === 'orthanc') {
    const files = await writeStudies(join(own.folder, 'studies'), sizes.studies);
    await using server = await startServer(name, own, partners);
    await fillOrthanc(server, files, own.signal);
    return (await askAll(name, server, sizes, partners, own, say)).run;
  }
  const few = { ...sizes, studies: Math.min(sizes.studies, DCMQRSCP_STUDIES) };
  const files = await writeStudies(join(own.folder, 'studies'), few.studies);
  await using server = await startDcmqrscp(files, partners, own);
  return (await askAll(name, { ...server, httpPort: 0, headers: {} }, few, partners, own, say)).run;
}

/** The lines of Query/Retrieve, one server after the other. */
export async function runQueries(sizes: QuerySizes, place: Place, say: Say): Promise<ReadonlyMap<QueryServer, QueryRun>> {
  await using destination = await startDestination(place);
  const partners = { caller: CALLING, destination };
  const runs = new Map<QueryServer, QueryRun>();
  for (const name of ['dcmqrscp', 'orthanc', 'filmless'] as const) {
    runs.set(name, await runOne(name, sizes, partners, place, say));
    say(`${name}: queries done`);
  }
  return runs;
}
