import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/*
 * The router says in English why a connection failed; the viewer says the same in its languages, by the same names. Neither may
 * import the other.
 */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const source = (path: string) => readFileSync(join(root, path), 'utf8');

/** `'name': 'words'` and `reason: 'words'`, on one line or two. */
function words(text: string): readonly (readonly [name: string, text: string])[] {
  return [...text.matchAll(/'?([\w-]+)'?:\s*'((?:[^'\\]|\\.)*)',/g)].map(([, name = '', said = '']) => [name, said]);
}

function serverWords(): ReadonlyMap<string, string> {
  const entries = source('packages/dicom-router/src/doctor/diagnoses.ts')
    .split(/^ {2}'?(?=[\w-]+'?: \{)/m)
    .slice(1);
  return new Map(
    entries.flatMap((entry) => {
      const cause = /^([\w-]+)/.exec(entry)?.[1] ?? '';
      return words(entry).map(([name, said]) => [`${name}_${cause}`, said] as const);
    }),
  );
}

it('says in the viewer what the server says, cause by cause', () => {
  const server = serverWords();
  expect(server.size).toBeGreaterThan(100);
  expect(Object.fromEntries(words(source('packages/viewer/src/i18n/en/diagnosis.ts')))).toEqual(Object.fromEntries(server));
});

it('has words for every cause, and a place in the guide', () => {
  const causes = [...source('packages/dicom-router/src/finding.ts').matchAll(/^ {2}'([\w-]+)',$/gm)].map(
    ([, cause = '']) => cause,
  );
  const server = serverWords();
  const guide = globSync('docs/association-doctor.md', { cwd: root }).map(source).join();
  for (const cause of causes) {
    expect(server.has(`reason_${cause}`), cause).toBe(true);
    expect(guide, cause).toContain(`\`${cause}\``);
  }
});
