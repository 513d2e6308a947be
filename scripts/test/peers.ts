import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program of somebody else that judges our work. A test file names those it needs in a first line `// needs: dcmtk, python`. */
interface Peer {
  readonly name: string;
  /** Debian packages that bring it. */
  readonly debian: readonly string[];
  isThere(): boolean;
}

/** Where things live that are too slow to fetch for every clone. */
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

const inPath = (path: string) => () => existsSync(path);

/** A disk that can be filled is mounted for a test: as root, where that may. */
function mayMount(): boolean {
  return (
    process.getuid?.() === 0 && spawnSync('/usr/bin/unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
  );
}

/** Where Debian puts PostgreSQL's programs; its package leaves them off the path. */
function hasPostgres(): boolean {
  const folder = '/usr/lib/postgresql';
  return existsSync(folder) && readdirSync(folder).some((version) => existsSync(join(folder, version, 'bin', 'initdb')));
}

const PEERS: readonly Peer[] = [
  { name: 'dcmtk', debian: ['dcmtk'], isThere: inPath('/usr/bin/storescu') },
  { name: 'orthanc', debian: ['orthanc', 'orthanc-dicomweb'], isThere: inPath('/usr/sbin/Orthanc') },
  { name: 'chromium', debian: ['chromium'], isThere: inPath('/usr/bin/chromium') },
  { name: 'strace', debian: ['strace'], isThere: inPath('/usr/bin/strace') },
  { name: 'mount', debian: ['mount', 'util-linux'], isThere: mayMount },
  { name: 'postgres', debian: ['postgresql-15'], isThere: hasPostgres },
  { name: 'nginx', debian: ['nginx-light'], isThere: inPath('/usr/sbin/nginx') },
  { name: 'systemd', debian: ['systemd'], isThere: inPath('/usr/bin/systemd-analyze') },
];

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2], env }).status === 0;
}

function isRootOnDebian(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

function installDebian(packages: readonly string[]): void {
  console.error(`installing for the tests: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], env);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], env);
}

/** An S3 server that is published as source: built once with Go (1.24 or newer), some minutes, and kept for every clone. */
interface GoServer {
  readonly name: string;
  /** Where the test files find the program. */
  readonly variable: string;
  readonly package: string;
  readonly version: string;
}

const GO_SERVERS: readonly GoServer[] = [
  {
    name: 'minio',
    variable: 'FILMLESS_MINIO',
    package: 'github.com/minio/minio',
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  },
  {
    name: 'versitygw',
    variable: 'FILMLESS_VERSITYGW',
    package: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.8.0',
  },
];

/** Its program; undefined without Go, or where it could not be built. */
function goServer({ name, package: path, version }: GoServer): string | undefined {
  const folder = join(CACHE, 'filmless', `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) {
    return program;
  }
  if (spawnSync('go', ['version']).status !== 0) {
    return undefined;
  }
  console.error(`building ${name} for the tests (once, some minutes)`);
  const built = run('go', ['install', `${path}@${version}`], { ...process.env, GOBIN: folder, GOFLAGS: '-trimpath' });
  return built ? program : undefined;
}

/** OHIF's viewer as it is built and published on npm (MIT). The checksum is that of the package, base64 of SHA-512. */
const OHIF = {
  package: '@ohif/app',
  version: '3.13.2',
  file: 'ohif-app-3.13.2.tgz',
  sha512: 'WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
} as const;

/** The folder with its pages, fetched once (50 MB) and kept for every clone; undefined where it could not be had. */
function ohif(): string | undefined {
  const folder = join(CACHE, 'filmless', `ohif-${OHIF.version}`);
  if (existsSync(folder)) {
    return join(folder, 'dist');
  }
  console.error('fetching OHIF for the tests (once, 50 MB)');
  const making = `${folder}.${process.pid}`;
  const file = join(making, OHIF.file);
  mkdirSync(making, { recursive: true });
  const fetched =
    run('npm', ['pack', '--silent', `${OHIF.package}@${OHIF.version}`, '--pack-destination', making]) && existsSync(file);
  const asKnown = fetched && createHash('sha512').update(readFileSync(file)).digest('base64') === OHIF.sha512;
  // Two thirds of it are models for machine learning and a viewer of slides, which no test opens.
  const left = ['--exclude=package/dist/ort', '--exclude=package/dist/dicom-microscopy-viewer'];
  const unpacked = asKnown && run('tar', ['-xzf', file, '-C', making, '--strip-components=1', ...left, 'package/dist']);
  rmSync(file, { force: true });
  if (unpacked && !existsSync(folder)) {
    renameSync(making, folder);
  } else {
    rmSync(making, { recursive: true });
  }
  return existsSync(folder) ? join(folder, 'dist') : undefined;
}

/** A virtual environment with the Python peers, made once for each list of requirements. */
function python(root: string): string | undefined {
  const requirements = join(root, 'scripts', 'test', 'requirements.txt');
  const key = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = join(CACHE, 'filmless', `python-${key}`);
  const program = join(folder, 'bin', 'python3');
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) {
    return program;
  }
  mkdirSync(folder, { recursive: true });
  const made =
    run('python3', ['-m', 'venv', '--clear', folder]) && run(program, ['-m', 'pip', 'install', '-q', '-r', requirements]);
  if (!made) {
    return undefined;
  }
  writeFileSync(stamp, '');
  return program;
}

export interface PeersFound {
  readonly missing: ReadonlySet<string>;
  /** Where the test files find the peers that are not at a fixed place. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Installs what is missing where that is allowed (Debian, as root), and says what is still missing. */
export function findPeers(root: string): PeersFound {
  const wanted = PEERS.filter((peer) => !peer.isThere());
  const needsVenv = isRootOnDebian() && !run('python3', ['-c', 'import venv, ensurepip']);
  const packages = [...wanted.flatMap((peer) => peer.debian), ...(needsVenv ? ['python3', 'python3-venv'] : [])];
  if (packages.length > 0 && isRootOnDebian()) {
    installDebian(packages);
  }
  const made = [
    { name: 'python', variable: 'FILMLESS_PYTHON', program: python(root) },
    { name: 'ohif', variable: 'FILMLESS_OHIF', program: ohif() },
    ...GO_SERVERS.map((server) => ({ name: server.name, variable: server.variable, program: goServer(server) })),
  ];
  const missing = [
    ...PEERS.filter((peer) => !peer.isThere()).map((peer) => peer.name),
    ...made.flatMap(({ name, program }) => (program === undefined ? [name] : [])),
  ];
  return {
    missing: new Set(missing),
    environment: Object.fromEntries(
      made.flatMap(({ variable, program }) => (program === undefined ? [] : [[variable, program]])),
    ),
  };
}

/** The peers a test file says it needs. */
export function neededBy(file: string): readonly string[] {
  const first = readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';
  const named = /^\/\/ needs: (.+)$/.exec(first)?.[1];
  return named === undefined ? [] : named.split(',').map((name) => name.trim());
}
