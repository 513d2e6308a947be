import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Place, residentBytes, stopChild } from './processes.ts';

export type ServerName = 'orthanc' | 'filmless';

/** Who may ask and be sent images: the callers of the lines of Query/Retrieve. */
export interface Partners {
  readonly caller: string;
  readonly destination: { readonly aeTitle: string; readonly port: number };
}

/** A server of ours under load: a process of its own with a folder of its own. */
export interface Server extends AsyncDisposable {
  readonly name: ServerName;
  readonly httpPort: number;
  readonly dicomPort: number;
  readonly aeTitle: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Resident memory of its process tree: the highest so far, and now. */
  memory(): { readonly peakBytes: number; readonly bytes: number };
}

const ROOT = dirname(dirname(import.meta.dirname));
const ORTHANC = '/usr/sbin/Orthanc';
const ORTHANC_DICOMWEB = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const TOKEN = 'fl-bench-token-0123456789abcdef0123456789abcdef';
/** Of `admin` at Filmless, for who signs in at its page. */
export const PASSWORD = 'benchmark of the viewers';
const START_MS = 60_000;
const SAMPLE_MS = 200;
const LOG_LINES = 10;

/** What is missing on this machine, in words. */
export function missingPrograms(): readonly string[] {
  return [
    ...(process.platform === 'linux' ? [] : ['Linux (memory is read from /proc)']),
    ...[ORTHANC, ORTHANC_DICOMWEB]
      .filter((path) => !existsSync(path))
      .map((path) => `${path} (Debian: orthanc, orthanc-dicomweb)`),
    ...(spawnSync(process.env.FILMLESS_PYTHON ?? 'python3', ['--version']).status === 0 ? [] : ['python3']),
  ];
}

/** As Orthanc names itself: `1.10.1`. */
export function orthancVersion(): string {
  return /Orthanc (\S+)/.exec(spawnSync(ORTHANC, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown';
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly aeTitle: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Ports {
  readonly http: number;
  readonly dicom: number;
}

/** Orthanc with its own defaults: SQLite, files synced (SyncStorageArea), keep-alive. Only access is opened. */
async function orthanc(folder: string, ports: Ports, partners?: Partners): Promise<Command> {
  const file = join(folder, 'orthanc.json');
  const config = {
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    HttpPort: ports.http,
    DicomPort: ports.dicom,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    ...(partners === undefined ? {} : { DicomAlwaysAllowFind: true, DicomAlwaysAllowGet: true, ...orthancModalities(partners) }),
    Plugins: [ORTHANC_DICOMWEB],
    DicomWeb: { Enable: true },
  };
  await writeFile(file, JSON.stringify(config));
  const { environment } = await howStarted();
  return { program: ORTHANC, args: [file], env: without(process.env, environment), aeTitle: 'ORTHANC', headers: {} };
}

function orthancModalities({ caller, destination }: Partners): object {
  const at = (title: string, port: number) => [title, '127.0.0.1', port];
  return { DicomModalities: { caller: at(caller, 104), destination: at(destination.aeTitle, destination.port) } };
}

/** An environment without what is set for our server: another's memory is managed as its own makers have it. */
export function without(env: NodeJS.ProcessEnv, ours: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !(name in ours)));
}

const STARTED = join(ROOT, 'scripts', 'server-process.json');

/** As `npm start` does: the same flags and environment. */
async function howStarted(): Promise<{ readonly flags: readonly string[]; readonly environment: NodeJS.ProcessEnv }> {
  const value: unknown = JSON.parse(await readFile(STARTED, 'utf8'));
  const { flags, environment } = value as { flags: readonly string[]; environment: NodeJS.ProcessEnv };
  return { flags, environment };
}

/** Filmless with its own defaults. */
async function filmless(folder: string, ports: Ports, partners?: Partners, index?: string): Promise<Command> {
  const config = join(folder, 'filmless.yaml');
  await writeFile(config, partners === undefined ? '{}\n' : JSON.stringify({ aes: filmlessAes(partners) }));
  const main = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
  const { flags, environment } = await howStarted();
  const listeners = ['--http-port', String(ports.http), '--dicom-port', String(ports.dicom)];
  const place = index === undefined ? {} : { FILMLESS_INDEX: index };
  return {
    program: process.execPath,
    args: [...flags, ...profiling(), main, 'serve', '--config', config, '--data', join(folder, 'data'), ...listeners],
    env: { ...environment, ...process.env, ...place, FILMLESS_ADMIN_TOKEN: TOKEN, FILMLESS_ADMIN_PASSWORD: PASSWORD },
    aeTitle: 'FILMLESS',
    headers: { authorization: `Bearer ${TOKEN}` },
  };
}

function filmlessAes({ caller, destination }: Partners): readonly object[] {
  const host = '127.0.0.1';
  return [
    { title: caller, host, port: 104, may: ['store', 'query', 'retrieve'], facility: 'main' },
    { title: destination.aeTitle, host, port: destination.port, may: ['store'], facility: 'main' },
  ];
}

/** FILMLESS_BENCH_PROFILE names a folder for the processor profiles of the server's threads. */
function profiling(): readonly string[] {
  const folder = process.env.FILMLESS_BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

type Commanding = (folder: string, ports: Ports, partners?: Partners, index?: string) => Promise<Command>;

const COMMANDS: Readonly<Record<ServerName, Commanding>> = {
  orthanc,
  filmless,
};

async function answers(child: ChildProcess, command: Command, ports: Ports, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  const url = `http://127.0.0.1:${ports.http}/dicom-web/studies?limit=1`;
  while (performance.now() < deadline && child.exitCode === null) {
    const status = await fetch(url, { headers: command.headers }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) {
      return;
    }
    await sleep(50);
  }
  const said = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  throw new Error(`${command.program} does not answer DICOMweb. The last it said:\n${said}`);
}

/** Starts a server on free ports, with all its files in `folder`, and waits until it answers. The signal stops it, too. `index`: a URL, for Filmless. */
export async function startServer(
  name: ServerName,
  { folder, signal }: Place,
  partners?: Partners,
  index?: string,
): Promise<Server> {
  await mkdir(folder, { recursive: true });
  const ports = { http: await freePort(), dicom: await freePort() };
  const command = await COMMANDS[name](folder, ports, partners, index);
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const child = spawn(command.program, command.args, {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: command.env,
    signal,
  });
  // Stopped by the signal: the work that fails then says so.
  child.on('error', () => undefined);
  let peakBytes = 0;
  const look = (): number => {
    const bytes = child.pid === undefined ? 0 : residentBytes(child.pid);
    peakBytes = Math.max(peakBytes, bytes);
    return bytes;
  };
  const timer = setInterval(look, SAMPLE_MS);
  const stop = async () => {
    clearInterval(timer);
    await stopChild(child);
  };
  try {
    await answers(child, command, ports, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    httpPort: ports.http,
    dicomPort: ports.dicom,
    aeTitle: command.aeTitle,
    headers: command.headers,
    memory: () => {
      const bytes = look();
      return { peakBytes, bytes };
    },
    [Symbol.asyncDispose]: stop,
  };
}
