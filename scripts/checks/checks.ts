import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkLayers } from './layers.ts';

/** One check of the sources: what it found, empty when nothing. */
export interface Check {
  readonly name: string;
  run(root: string): Promise<string>;
}

/** Source files git knows or would add, below `root`. */
function sourceFiles(root: string): readonly string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  const isTest = (file: string) => /\.test\.tsx?$/.test(file) || /(^|\/)test\//.test(file);
  return listed.stdout.split('\n').filter((file) => file !== '' && !isTest(file));
}

/** Runs a tool from `node_modules/.bin`; what it prints counts only when it fails. */
export function tool(root: string, cwd: string, name: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn(join(root, 'node_modules', '.bin', name), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.on('error', (error) => done(`${name} could not be started: ${error.message}`));
    child.on('close', (code) => done(code === 0 ? '' : output === '' ? `${name} ended with ${code}` : output));
  });
}

export const CHECKS: readonly Check[] = [
  { name: 'biome', run: (root) => tool(root, root, 'biome', ['ci', '--colors=off', '--error-on-warnings', '.']) },
  { name: 'tsc', run: (root) => tool(root, root, 'tsc', ['-b']) },
  {
    name: 'layers',
    run: async (root) =>
      checkLayers(root, sourceFiles(root))
        .map(({ file, imported, reason }) => `${file}: '${imported}': ${reason}`)
        .join('\n'),
  },
  { name: 'knip', run: (root) => tool(root, root, 'knip', ['--no-progress']) },
  {
    name: 'oxlint',
    run: (root) =>
      tool(root, root, 'oxlint', [
        '--type-aware',
        '--deny-warnings',
        '--config',
        'oxlint.json',
        'packages',
        'fixtures',
        'scripts',
      ]),
  },
];
