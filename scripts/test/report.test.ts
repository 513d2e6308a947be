import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tallyOf } from './report.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

// Below the project, so that its files find vitest.
mkdirSync(join(ROOT, 'node_modules', '.cache'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'node_modules', '.cache', 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Has vitest run one file of this text, and gives what the report says of it. */
function runOf(name: string, text: string) {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'some.test.mjs'), text);
  const report = join(place, 'report.json');
  const args = ['run', '--root', place, '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [VITEST, ...args], { cwd: place, stdio: 'ignore' });
  return tallyOf(report, 'some', place, status);
}

const HEAD = "import { expect, it, describe } from 'vitest';\n";

describe("the tests' report", () => {
  it('counts what passed', () => {
    expect(runOf('green', `${HEAD}it('adds', () => expect(1 + 1).toBe(2));`)).toEqual({ passed: 1, failed: 0, failures: [] });
  });

  it('tells each failed test with its file, its name and why', () => {
    const tally = runOf(
      'red',
      `${HEAD}describe('sums', () => { it('adds', () => expect(1 + 1).toBe(3)); it('takes away', () => expect(1).toBe(1)); });`,
    );
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(tally.failures).toEqual([expect.stringMatching(/^FAILED some some\.test\.mjs > sums adds\n.*expected 2 to be 3/)]);
  });

  it('counts a file that does not load, and an error outside any test', () => {
    const unloaded = runOf('unloaded', `${HEAD}throw new Error('no such peer');`);
    expect(unloaded).toMatchObject({ passed: 0, failed: 1 });
    expect(unloaded.failures).toEqual([expect.stringMatching(/^FAILED some some\.test\.mjs\n.*no such peer/)]);
    const outside = runOf(
      'outside',
      `${HEAD}it('waits', async () => { setTimeout(() => { throw new Error('late'); }); await new Promise((done) => setTimeout(done, 50)); });`,
    );
    expect(outside).toMatchObject({ passed: 1, failed: 1, failures: [expect.stringContaining('Unhandled Errors')] });
  });

  it('counts a run that left no report as a failure', () => {
    const tally = tallyOf(join(folder, 'none.json'), 'some', folder, 134);
    expect(tally).toEqual({ passed: 0, failed: 1, failures: [expect.stringContaining('134')] });
  });
});
