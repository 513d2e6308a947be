import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Place, stopChild } from './processes.ts';
import type { Partners, Server } from './servers.ts';
import type { Target } from './storing.ts';

const FILLER = join(dirname(dirname(import.meta.dirname)), 'packages', 'archive', 'test', 'support', 'fill-index.ts');
const DCMQRSCP = '/usr/bin/dcmqrscp';
const STORESCU = '/usr/bin/storescu';
const STORESCP = '/usr/bin/storescp';
/** The tools do not collect what they send: with Nagle's algorithm on they would wait 40 ms a message. */
const ENV = { ...process.env, TCP_NODELAY: '1' };
/** More studies dcmqrscp does not keep. */
export const DCMQRSCP_STUDIES = 500;
const START_MS = 10_000;
const UPLOADS = 8;

/** What of DCMTK is missing on this machine. */
export function missingTools(): readonly string[] {
  return [DCMQRSCP, STORESCU, STORESCP].filter((path) => !existsSync(path)).map((path) => `${path} (Debian: dcmtk)`);
}

function fill(...args: readonly string[]): void {
  const run = spawnSync(process.execPath, [FILLER, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) {
    throw new Error('the index was not filled');
  }
}

/** Makes the index of a Filmless that has not started yet. */
export function fillFilmless(folder: string, studies: number, instances: number, large: number): void {
  fill(join(folder, 'data', 'index', 'index.db'), String(studies), String(instances), String(large));
}

/** Writes the first image of each study, or of the newest, as a file, and of the large one behind them. */
export async function writeStudies(folder: string, studies: number, newest: number = studies): Promise<readonly string[]> {
  fill(`${folder}/`, String(studies), String(newest));
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

/** Uploads files to Orthanc by its own interface, several at a time. */
export async function fillOrthanc(server: Server, files: readonly string[], signal: AbortSignal): Promise<void> {
  let at = 0;
  const upload = async (): Promise<void> => {
    for (let file = files[at++]; file !== undefined; file = files[at++]) {
      const body = await readFile(file);
      const response = await fetch(`http://127.0.0.1:${server.httpPort}/instances`, { method: 'POST', body, signal });
      await response.arrayBuffer();
      if (!response.ok) {
        throw new Error(`Orthanc did not take ${file}: ${response.status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, upload));
}

async function listens(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (there) {
      return;
    }
    await sleep(50);
  }
  throw new Error('a tool of DCMTK does not listen');
}

async function startTool(
  program: string,
  args: readonly string[],
  port: number,
  { folder, signal }: Place,
): Promise<AsyncDisposable> {
  const child = spawn(program, [...args, String(port)], { cwd: folder, stdio: 'ignore', signal, env: ENV });
  child.on('error', () => undefined);
  await listens(child, port);
  return { [Symbol.asyncDispose]: () => stopChild(child) };
}

/** DCMTK's storescp, which throws away what C-MOVE sends it. */
export async function startDestination(place: Place): Promise<AsyncDisposable & Partners['destination']> {
  const port = await freePort();
  const tool = await startTool(STORESCP, ['--ignore', '--fork', '--aetitle', 'SINK', '--max-pdu', '131072'], port, place);
  return { ...tool, aeTitle: 'SINK', port };
}

/** DCMTK's dcmqrscp. What it was given stays in the folder. */
export async function startDcmqrscp({ caller, destination }: Partners, place: Place): Promise<AsyncDisposable & Target> {
  const [port, store, config] = [await freePort(), join(place.folder, 'dcmqrscp'), join(place.folder, 'dcmqrscp.cfg')];
  await mkdir(store, { recursive: true });
  const lines = [
    `NetworkTCPPort = ${port}`,
    'MaxPDUSize = 131072',
    'MaxAssociations = 64',
    'HostTable BEGIN',
    `destination = (${destination.aeTitle}, 127.0.0.1, ${destination.port})`,
    `caller = (${caller}, 127.0.0.1, 104)`,
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    `DCMQRSCP ${store} RW (${DCMQRSCP_STUDIES}, 1024mb) ANY`,
    'AETable END',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const tool = await startTool(DCMQRSCP, ['--config', config], port, place);
  return { ...tool, dicomPort: port, aeTitle: 'DCMQRSCP', httpPort: 0, headers: {} };
}

/** Sends images to it. */
export function fillDcmqrscp({ aeTitle, dicomPort }: Target, files: readonly string[]): void {
  const sent = spawnSync(STORESCU, ['--call', aeTitle, '127.0.0.1', String(dicomPort), ...files], { env: ENV });
  if (sent.status !== 0) {
    throw new Error(`storescu: ${sent.stderr.toString()}`);
  }
}
