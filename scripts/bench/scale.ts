import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HttpReader } from './http-reader.ts';
import { type Place, stopChild } from './processes.ts';
import { query } from './query-client.ts';
import { identifier, STUDY_ROOT } from './query-lines.ts';
import { fillOrthanc } from './query-servers.ts';
import { type Loaded, type Sample, type ScaleRun, type ScaleSize, SERVER_LINES, STORED_LINES } from './scale-lines.ts';
import { type Server, startServer } from './servers.ts';
import { store } from './storing.ts';

const SUPPORT = join(dirname(dirname(import.meta.dirname)), 'packages', 'archive', 'test', 'support');
const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const INSTANCES_A_STUDY = 5;

export interface ScaleOptions {
  /** Instances. */
  readonly sizes: readonly number[];
  /** Questions of a line. */
  readonly times: number;
  /** Small objects stored through the archive's core, and instances of each C-STORE line. */
  readonly stored: number;
  /** Where the index lies. */
  readonly engine: 'sqlite' | 'postgres';
  /** Where filled indexes stay, for the next run; of PostgreSQL the files that they are copied from. */
  readonly keep: string | undefined;
}

/** Runs one of the archive's programs, gently while it fills, and gives the JSON it printed. */
function run(program: string, args: readonly string[], isGentle: boolean, signal: AbortSignal): Promise<unknown> {
  const node = [process.execPath, join(SUPPORT, program), ...args];
  const [command = '', ...rest] = isGentle ? ['nice', '-n', '19', ...node] : node;
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], signal });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${program} ended with ${code}`))));
  });
}

/** Fills an index of so many instances, unless an earlier run left it. */
async function filled(folder: string, instances: number, signal: AbortSignal): Promise<Loaded> {
  const [file, told] = [join(folder, 'data', 'index', 'index.db'), join(folder, 'loaded.json')];
  if (!existsSync(told)) {
    await rm(folder, { recursive: true, force: true });
    const loaded = await run('bulk-load.ts', [file, String(Math.ceil(instances / INSTANCES_A_STUDY))], true, signal);
    await writeFile(told, JSON.stringify(loaded));
  }
  const value: unknown = JSON.parse(await readFile(told, 'utf8'));
  return value as Loaded;
}

async function askServer(server: Server, samples: readonly Sample[], times: number, place: Place): Promise<ScaleRun['server']> {
  const found = new Map<string, readonly number[]>();
  using reader = new HttpReader(server.httpPort);
  for (const line of SERVER_LINES) {
    const asked = samples.slice(0, times);
    if ('path' in line) {
      if (server.name === 'orthanc' && line.path({ ...asked[0] } as Sample, 0).startsWith('/api')) {
        continue;
      }
      const ms: number[] = [];
      for (const [at, sample] of asked.entries()) {
        const answer = await reader.ask(line.path(sample, at), { ...server.headers, accept: 'application/json' });
        if (answer.status !== 200) {
          throw new Error(`${server.name}: ${line.title}: ${answer.status} ${answer.body.toString('utf8', 0, 300)}`);
        }
        ms.push(answer.ms);
      }
      found.set(line.key, ms);
    } else {
      const identifiers = asked.map((sample, at) => identifier('STUDY', line.keys(sample, at)));
      const question = { kind: 'find', model: STUDY_ROOT.find, storage: CT_IMAGE_STORAGE, associations: 1, identifiers } as const;
      const { answers } = await query(server, question, place);
      found.set(
        line.key,
        answers.map(({ seconds }) => seconds * 1000),
      );
    }
  }
  return found;
}

async function storeOn(server: Server, count: number, place: Place): Promise<ScaleRun['sent']> {
  const rates = new Map<string, ScaleRun['sent'] extends ReadonlyMap<string, infer R> ? R : never>();
  for (const line of STORED_LINES) {
    const { stored } = await store(server, line, count, place);
    rates.set(line.key, stored);
  }
  return rates;
}

/** An index to be measured: where it is, and what it took to fill it. */
interface Filled extends AsyncDisposable {
  readonly index: string;
  readonly loaded: Loaded;
}

async function inFile(folder: string, size: number, signal: AbortSignal): Promise<Filled> {
  const loaded = await filled(folder, size, signal);
  return { index: join(folder, 'data', 'index', 'index.db'), loaded, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** A server of its own, with the rows of the file. */
async function inPostgres(folder: string, size: number, signal: AbortSignal): Promise<Filled> {
  const { index: file, loaded } = await inFile(folder, size, signal);
  const server = spawn(process.execPath, [join(SUPPORT, 'measured-postgres.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const dispose = async () => {
    server.stdin.end();
    await stopChild(server);
  };
  try {
    const url = await urlOf(server);
    const copied = (await run('copy-index.ts', [file, url], false, signal)) as Pick<Loaded, 'seconds' | 'bytes'>;
    return { index: url, loaded: { ...loaded, ...copied }, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function urlOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.stdout?.once('data', (data: Buffer) => {
      const told: unknown = JSON.parse(data.toString());
      resolve((told as { readonly url: string }).url);
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error('the PostgreSQL server did not start')));
  });
}

async function runSize(size: number, options: ScaleOptions, place: Place, say: (text: string) => void): Promise<ScaleSize> {
  const folder = join(options.keep ?? place.folder, `scale-${size}`);
  await using found = await (options.engine === 'postgres' ? inPostgres : inFile)(folder, size, place.signal);
  const { index, loaded } = found;
  say(`${loaded.instances} instances in ${loaded.studies} studies: ${(loaded.bytes / loaded.instances).toFixed(0)} bytes each`);
  const asked = (await run('measure-index.ts', ['ask', index, String(options.times)], false, place.signal)) as Asked;
  say('asked the index');
  const number = String(((Date.now() / 1000) % 10_000) | 0);
  const objects = options.engine === 'postgres' ? join(place.folder, `objects-${size}`) : join(folder, 'data', 'index');
  await mkdir(objects, { recursive: true });
  const storing = ['store', index, String(options.stored), number, objects];
  const stored = (await run('measure-index.ts', storing, false, place.signal)) as Stored;
  say(`stored ${stored.perSecond.toFixed(0)} a second`);
  const partners = { caller: 'BENCH', destination: { aeTitle: 'SINK', port: 104 } };
  const isShared = options.engine === 'postgres';
  const inFolder = { folder: isShared ? join(place.folder, `server-${size}`) : folder, signal: place.signal };
  await using server = await startServer('filmless', inFolder, partners, isShared ? index : undefined);
  const answered = await askServer(server, asked.samples, options.times, inFolder);
  const sent = await storeOn(server, options.stored, inFolder);
  return { size, loaded, filmless: { lines: asked.lines, stored, server: answered, sent, memory: server.memory().peakBytes } };
}

interface Asked {
  readonly lines: ScaleRun['lines'];
  readonly samples: readonly Sample[];
}

type Stored = ScaleRun['stored'];

/** Orthanc with the same instances, without their pixels, at the smallest size. */
async function runOrthanc(
  size: number,
  samples: readonly Sample[],
  options: ScaleOptions,
  place: Place,
): Promise<ScaleRun['server']> {
  const [folder, files] = [join(place.folder, 'orthanc'), join(place.folder, 'orthanc-files')];
  await mkdir(folder, { recursive: true });
  await run('bulk-load.ts', [`${files}/`, String(Math.ceil(size / INSTANCES_A_STUDY))], true, place.signal);
  const partners = { caller: 'BENCH', destination: { aeTitle: 'SINK', port: 104 } };
  await using server = await startServer('orthanc', { folder, signal: place.signal }, partners);
  const paths = (await readdir(files)).sort().map((name) => join(files, name));
  await fillOrthanc(server, paths, place.signal);
  return await askServer(server, samples, options.times, { folder, signal: place.signal });
}

/** All sizes one after the other, and Orthanc at the smallest. */
export async function runScale(options: ScaleOptions, place: Place, say: (text: string) => void): Promise<readonly ScaleSize[]> {
  const sizes: ScaleSize[] = [];
  for (const size of options.sizes) {
    sizes.push(await runSize(size, options, place, say));
    say(`${size.toLocaleString('en-GB')}: done`);
  }
  const [first] = sizes;
  if (first === undefined || options.engine === 'postgres') {
    return sizes;
  }
  const file = join(options.keep ?? place.folder, `scale-${first.size}`, 'data', 'index', 'index.db');
  const { samples } = (await run('measure-index.ts', ['ask', file, '1'], false, place.signal)) as Asked;
  const many = Array.from({ length: options.times }, (_, at) => samples[at % samples.length]).filter((one) => one !== undefined);
  return [{ ...first, orthanc: await runOrthanc(first.size, many, options, place) }, ...sizes.slice(1)];
}
