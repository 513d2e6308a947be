import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS } from '../checks/checks.ts';
import { findPeers, neededBy } from './peers.ts';
import { type Tally, tallyOf } from './report.ts';

/**
 * `npm test`: the checks of the sources, then every project of vitest, one after the other (they share few processors). Its
 * end tells every failure again, and the last line sums all of them. Under CI=true a missing peer is a failure; elsewhere
 * its test files are left out, by name.
 */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PROJECTS = ['unit', 'contract', 'interop', 'e2e', 'hostile'] as const;

async function runChecks(): Promise<Tally> {
  const failures: string[] = [];
  for (const check of CHECKS) {
    const found = await check.run(ROOT);
    console.log(`${found === '' ? 'ok    ' : 'FAILED'} ${check.name}${found === '' ? '' : `\n${found}`}`);
    if (found !== '') {
      failures.push(`FAILED check ${check.name}`);
    }
  }
  return { passed: CHECKS.length - failures.length, failed: failures.length, failures };
}

function runProject(project: string, leftOut: readonly string[], folder: string, env: NodeJS.ProcessEnv): Promise<Tally> {
  const report = join(folder, `${project}.json`);
  const args = [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const excludes = leftOut.flatMap((file) => ['--exclude', file]);
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...args, ...reporters, ...excludes], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    });
    child.on('error', reject);
    child.on('close', (code) => done(tallyOf(report, project, ROOT, code)));
  });
}

/** Test files whose peers are not there. */
function testsWithout(missing: ReadonlySet<string>): readonly string[] {
  const files = globSync(['packages/*/{src,test}/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'fixtures/src/**/*.test.ts'], {
    cwd: ROOT,
    exclude: (name) => name === 'node_modules',
  });
  return files.filter((file) => neededBy(join(ROOT, file)).some((peer) => missing.has(peer)));
}

async function main(): Promise<void> {
  const peers = findPeers(ROOT);
  const inCi = process.env.CI === 'true';
  const leftOut = inCi ? [] : testsWithout(peers.missing);
  const folder = mkdtempSync(join(tmpdir(), 'filmless-test-'));
  const tallies: Tally[] = [await runChecks()];
  if (inCi && peers.missing.size > 0) {
    console.log(`FAILED peers: ${[...peers.missing].join(', ')} could not be installed, and under CI nothing may be left out`);
    tallies.push({ passed: 0, failed: peers.missing.size, failures: [...peers.missing].map((name) => `FAILED peer ${name}`) });
  }
  const env = { ...process.env, ...peers.environment };
  for (const project of PROJECTS) {
    tallies.push(await runProject(project, leftOut, folder, env));
  }
  rmSync(folder, { recursive: true });
  for (const file of leftOut) {
    console.log(`left out: ${relative('.', file)} (needs ${neededBy(join(ROOT, file)).join(', ')})`);
  }
  for (const failure of tallies.flatMap((tally) => tally.failures)) {
    console.log(failure);
  }
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
