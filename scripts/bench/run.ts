/** `npm run bench`: Orthanc and Filmless, one after the other and in turn first, under the same load; and the viewer beside OHIF. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runForwarding } from './forwarding.ts';
import { describeMachine, loadAverage, othersShare, processorTime } from './machine.ts';
import { type Batch, makeBatch } from './objects.ts';
import { type BenchOptions, parseOptions, USAGE } from './options.ts';
import { type Place, runPython, stopChild } from './processes.ts';
import { FIND_LINES } from './query-lines.ts';
import { queryTables } from './query-report.ts';
import { missingTools } from './query-servers.ts';
import { runQueries, studiesOfDcmqrscp } from './querying.ts';
import { READ_LINES, read } from './reading.ts';
import { forwardTable, replaceMeasured, tables } from './report.ts';
import type { Pair, Run } from './results.ts';
import { runScale } from './scale.ts';
import { scaleCurve, scaleTables } from './scale-report.ts';
import { runSeries, seriesTable } from './series-part.ts';
import { missingPrograms, orthancVersion, type ServerName, startServer } from './servers.ts';
import { restAfterRemoval, settleDisk } from './settle.ts';
import { STORE_LINES, type Stored, type StoreLine, send, store } from './storing.ts';
import { viewerTables } from './viewer/report.ts';
import { missingForViewers, runViewers } from './viewer/run.ts';

const ROOT = dirname(dirname(import.meta.dirname));
/** Above this load of others the figures are of the load, not of the servers. */
const QUIET_LOAD = 2;
const AFTER_MS = 5_000;
const FLOOR_MS = 300_000;
const say = (text: string): void => console.error(`bench: ${text}`);

async function runServer(name: ServerName, options: BenchOptions, place: Place): Promise<Run> {
  await using server = await startServer(name, { ...place, folder: join(place.folder, name) });
  const stored = new Map<string, Stored>();
  const batches: Batch[] = [];
  for (const line of STORE_LINES) {
    await settleDisk(place.signal);
    const result = await store(server, line, options.instances, place);
    stored.set(line.key, result.stored);
    batches.push(result.batch);
    say(`${name}: ${line.title}: ${result.stored.perSecond.toFixed(0)} a second`);
  }
  const [ct] = batches;
  if (ct === undefined) {
    throw new Error('nothing was stored');
  }
  await settleDisk(place.signal);
  const times = new Map<string, readonly number[]>();
  for (const line of READ_LINES) {
    times.set(line.key, await read(server, line, { ct, batches }, options.repeats, place.signal));
  }
  await sleep(AFTER_MS, undefined, { signal: place.signal });
  const { peakBytes, bytes } = server.memory();
  return { stored, read: times, peakBytes, afterBytes: bytes };
}

async function floor(line: StoreLine, count: number, place: Place): Promise<number> {
  const [target, bytes] = [join(place.folder, 'floor'), makeBatch(line.size, 1, 1).dataSet.length];
  await mkdir(target);
  await settleDisk(place.signal);
  const seconds = Number(
    await runPython('disk.py', [target, String(bytes), String(count), String(line.associations)], FLOOR_MS, place.signal),
  );
  await rm(target, { recursive: true });
  return count / seconds;
}

function portOf(sink: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    sink.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString())));
    sink.once('error', reject);
    sink.once('exit', () => reject(new Error('the receiver that throws away did not start')));
  });
}

async function ceilings(count: number, place: Place): Promise<ReadonlyMap<string, number>> {
  const program = process.env.FILMLESS_PYTHON ?? 'python3';
  const sink = spawn(program, [join(import.meta.dirname, 'python', 'sink.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const found = new Map<string, number>();
  try {
    const target = { dicomPort: await portOf(sink), httpPort: 0, aeTitle: 'SINK', headers: {} };
    for (const line of STORE_LINES) {
      const batch = makeBatch(line.size, count, line.perStudy);
      found.set(line.key, (await send(target, line, batch, count, place, false)).perSecond);
    }
  } finally {
    await stopChild(sink);
  }
  return found;
}

async function runPair(number: number, options: BenchOptions, place: Place): Promise<Pair> {
  const order: readonly ServerName[] = number % 2 === 0 ? ['orthanc', 'filmless'] : ['filmless', 'orthanc'];
  const before = processorTime();
  const runs = new Map<ServerName, Run>();
  for (const name of order) {
    await restAfterRemoval(place.signal);
    runs.set(name, await runServer(name, options, place));
    await rm(join(place.folder, name), { recursive: true });
  }
  const share = othersShare(before, processorTime());
  const [orthanc, filmless] = [runs.get('orthanc'), runs.get('filmless')];
  if (orthanc === undefined || filmless === undefined) {
    throw new Error('a pair has two runs');
  }
  const floors = new Map<string, number>();
  for (const line of STORE_LINES) {
    floors.set(line.key, await floor(line, options.instances, place));
  }
  return { runs: { orthanc, filmless }, floor: floors, ceiling: await ceilings(options.instances, place), othersShare: share };
}

/** When, on what, and how much else went on. */
function circumstances(what: string, share: number, load: number, folder: string): readonly string[] {
  const loaded = load >= QUIET_LOAD ? ' **The machine was loaded: these figures are not final.**' : '';
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${what};`,
    `${describeMachine(folder)}; Orthanc ${orthancVersion()}, Node ${process.versions.node}.`,
    `Load average before the start ${load.toFixed(2)}; other processes took ${(100 * share).toFixed(0)} % of the processors at most.${loaded}`,
    '',
  ];
}

/** A server that was never started on this machine has its program still to compile, which no installed one has. */
async function startOnce(place: Place): Promise<void> {
  for (const name of ['orthanc', 'filmless'] as const) {
    const folder = join(place.folder, `${name}-once`);
    await (await startServer(name, { ...place, folder }))[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}

async function runPairs(options: BenchOptions, load: number, place: Place): Promise<string> {
  await startOnce(place);
  const began = performance.now();
  const pairs: Pair[] = [];
  while (pairs.length < options.pairs && performance.now() - began < options.deadlineMs) {
    pairs.push(await runPair(pairs.length, options, place));
    say(`pair ${pairs.length} of ${options.pairs} done after ${((performance.now() - began) / 60_000).toFixed(1)} min`);
  }
  const share = Math.max(...pairs.map((pair) => pair.othersShare));
  const what = `${pairs.length} interleaved pair${pairs.length === 1 ? '' : 's'} of ${options.instances} instances a line`;
  return [...circumstances(what, share, load, place.folder), tables(pairs, STORE_LINES, READ_LINES)].join('\n');
}

async function runQueryPart({ query, deadlineMs }: BenchOptions, load: number, place: Place): Promise<string> {
  const before = processorTime();
  const runs = await runQueries(query, deadlineMs, place, say);
  const share = othersShare(before, processorTime());
  const rounds = runs.filmless.length;
  const count = (value: number) => value.toLocaleString('en-GB');
  const what =
    `Filmless with ${count(query.studies)} studies of ${query.instances} images (${count(query.studies * query.instances)}), Orthanc with the same studies ` +
    `of one image each, dcmqrscp with the newest ${count(studiesOfDcmqrscp(query))} of them, about all it keeps; ` +
    `${rounds} round${rounds === 1 ? '' : 's'} of ${query.repeats} questions a line`;
  return [...circumstances(what, share, load, place.folder), queryTables(runs, FIND_LINES)].join('\n');
}

async function runSeriesPart({ pairs, repeats }: BenchOptions, load: number, place: Place): Promise<string> {
  const before = processorTime();
  const runs = await runSeries(pairs, repeats, place, () => restAfterRemoval(place.signal), say);
  const share = othersShare(before, processorTime());
  const what = `${pairs} pair${pairs === 1 ? '' : 's'} of ${repeats} requests a line, fewer of whole studies`;
  return [...circumstances(what, share, load, place.folder), seriesTable(runs)].join('\n');
}

async function runForwardPart({ instances, pairs, deadlineMs }: BenchOptions, load: number, place: Place): Promise<string> {
  const before = processorTime();
  const rates = await runForwarding({ count: instances, pairs, deadlineMs }, place, say);
  const share = othersShare(before, processorTime());
  const what =
    `${instances} images of 512x512, kept already, sent on over one connection by C-STORE to DCMTK's storescp (one pair), by STOW-RS to a Filmless ` +
    `(${rates.stow.length} interleaved pairs)`;
  return [...circumstances(what, share, load, place.folder), forwardTable(rates)].join('\n');
}

async function runScalePart({ scale, out }: BenchOptions, load: number, place: Place): Promise<string> {
  const before = processorTime();
  const sizes = await runScale(scale, place, say);
  const share = othersShare(before, processorTime());
  if (out !== undefined) {
    const name = scale.engine === 'postgres' ? 'scale-postgres.svg' : 'scale.svg';
    await writeFile(join(dirname(out), 'images', name), scaleCurve(sizes));
  }
  const what = `${scale.times} questions a line, ${scale.stored} instances stored a line, at each size one after the other`;
  return [...circumstances(what, share, load, place.folder), scaleTables(sizes)].join('\n');
}

async function runViewerPart({ viewer }: BenchOptions, load: number, place: Place): Promise<string> {
  const before = processorTime();
  const runs = await runViewers(viewer, place, say);
  const share = othersShare(before, processorTime());
  const { rounds, minutes } = viewer;
  const read = viewer.parts.includes('reading') ? `, ${minutes} minute${minutes === 1 ? '' : 's'} of reading` : '';
  const what = `OHIF 3.13.2 and Filmless's viewer in Chromium over one Filmless, WebGL by the processor; ${rounds} interleaved round${rounds === 1 ? '' : 's'}${read}`;
  return [...circumstances(what, share, load, place.folder), viewerTables(runs)].join('\n');
}

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const load = loadAverage();
  if (load >= QUIET_LOAD) {
    say(`the load average is ${load}: the figures will not be final`);
  }
  const folder = await mkdtemp(join(process.env.FILMLESS_BENCH_FOLDER ?? tmpdir(), 'filmless-bench-'));
  try {
    for (const part of options.parts) {
      const text = await {
        storing: runPairs,
        series: runSeriesPart,
        query: runQueryPart,
        forward: runForwardPart,
        scale: runScalePart,
        viewer: runViewerPart,
      }[part](options, load, {
        folder,
        signal,
      });
      console.log(text);
      if (options.out !== undefined) {
        const place = part === 'scale' && options.scale.engine === 'postgres' ? 'scale-postgres' : part;
        await writeFile(options.out, replaceMeasured(await readFile(options.out, 'utf8'), text, place));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function missingFor(parts: BenchOptions['parts']): readonly string[] {
  if (parts.includes('viewer')) {
    return missingForViewers();
  }
  return [...missingPrograms(), ...(parts.some((part) => part !== 'storing') ? missingTools() : [])];
}

async function main(): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  try {
    const options = parseOptions(process.argv.slice(2), join(ROOT, 'docs', 'performance.md'));
    const missing = options === undefined ? [] : missingFor(options.parts);
    if (options === undefined || missing.length > 0) {
      console.log(options === undefined ? USAGE : `The benchmark needs: ${missing.join(', ')}.`);
      return options === undefined ? 0 : 1;
    }
    await bench(options, stop.signal);
    return 0;
  } catch (error) {
    const why: unknown = stop.signal.aborted ? stop.signal.reason : error;
    say(why instanceof Error ? why.message : String(why));
    return 1;
  }
}

process.exitCode = await main();
