import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveTarget } from './migrate-index.ts';

const ADDRESS = 'postgres://filmless:secret@db.example:5432/filmless';

describe('where an archive moves to', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-target-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const target = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    moveTarget({ arguments: words, environment, workingDirectory: folder });

  it('stands in a variable or in a file, where nobody reads its password who lists processes, or behind --to', async () => {
    await writeFile(join(folder, 'address'), `${ADDRESS}\n`);
    const rest = ['--data', '/var/lib/filmless'];
    const given = [
      target(rest, { FILMLESS_MIGRATE_TO: ADDRESS }),
      target(['--to-file', 'address', ...rest]),
      target(['--to', ADDRESS, ...rest], { FILMLESS_MIGRATE_TO: 'postgres://elsewhere/other' }),
    ];
    expect(given.map(({ to }) => to)).toEqual([ADDRESS, ADDRESS, ADDRESS]);
    expect(given.map((found) => found.rest.arguments)).toEqual([rest, rest, rest]);
  });

  it('is asked for in words that never repeat it', () => {
    expect(() => target([])).toThrow(/FILMLESS_MIGRATE_TO/);
    expect(() => target(['--to-file', 'nowhere'])).toThrow(/nowhere cannot be read/);
    expect(() => target(['--to', ADDRESS, '--to-file', 'address'])).toThrow(/leave one out/);
    expect(() => target(['--to', 'mysql://filmless:secret@db'])).toThrow(/^(?!.*secret)/);
  });
});
