import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { batches } from './batches.ts';
import { type Collected, collect } from './collect.ts';
import { DICOMDIR_SOP_CLASS, dicomFile } from './dicom-fixture.ts';
import { type Given, givenFiles, walk } from './given.ts';

async function all<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const value of values) {
    found.push(value);
  }
  return found;
}

async function* give(files: Readonly<Record<string, Blob | Error>>): AsyncGenerator<Given> {
  for (const [path, content] of Object.entries(files)) {
    yield { path, open: () => (content instanceof Error ? Promise.reject(content) : Promise.resolve(content)) };
  }
}

const brief = (file: Collected): string => `${file.path}: ${file.kind === 'dicom' ? file.sopInstanceUid : file.why}`;

it('sends what is DICOM and says of everything else why not', async () => {
  const zip = new Blob([
    zipSync({
      IM1: dicomFile('1.1'),
      DICOMDIR: dicomFile('1.9', DICOMDIR_SOP_CLASS),
      'inner.zip': zipSync({ x: dicomFile('1.2') }),
    }).slice(),
  ]);
  const found = await all(
    collect(
      give({
        'a.dcm': new Blob([dicomFile('1.0')]),
        'disc.zip': zip,
        'letter.txt': new Blob(['Kính gửi']),
        'torn.zip': new Blob(['PK\x03\x04torn']),
        scratched: new Error('NotReadableError'),
      }),
    ),
  );
  expect(found.map(brief)).toEqual([
    'a.dcm: 1.0',
    'disc.zip/IM1: 1.1',
    'disc.zip/DICOMDIR: dicomdir',
    'disc.zip/inner.zip: nested-zip',
    'letter.txt: not-dicom',
    'torn.zip: zip-broken',
    'scratched: unreadable',
  ]);
});

it('groups files into requests by number and size, and a large one goes alone', async () => {
  const file = (path: string, size: number): Collected => ({
    kind: 'dicom',
    path,
    content: new Blob([new Uint8Array(size)]),
    sopInstanceUid: path,
  });
  async function* files(): AsyncGenerator<Collected> {
    yield* [file('a', 10), file('b', 10), file('c', 10), file('d', 500), file('e', 60), file('f', 60)];
    yield { kind: 'skipped', path: 'g', why: 'not-dicom' };
  }
  const told: string[] = [];
  const groups = await all(batches(files(), ({ path }) => told.push(path), { maxFiles: 2, maxBytes: 100 }));
  expect(groups.map((group) => group.map(({ path }) => path).join(''))).toEqual(['ab', 'c', 'd', 'e', 'f']);
  expect(told.join('')).toBe('abcdefg');
});

it('walks folders to their end, though the browser lists them in portions', async () => {
  const file = (fullPath: string) => ({
    isFile: true,
    isDirectory: false,
    fullPath,
    file: (resolve: (file: File) => void) => resolve(new File([fullPath], 'x')),
  });
  const folder = (fullPath: string, portions: readonly (readonly object[])[]) => ({
    isFile: false,
    isDirectory: true,
    fullPath,
    createReader: () => {
      const rest = [...portions, []];
      return { readEntries: (resolve: (entries: unknown) => void) => resolve(rest.shift()) };
    },
  });
  const tree = folder('/disc', [[file('/disc/1'), folder('/disc/sub', [[file('/disc/sub/2')]])], [file('/disc/3')]]);
  const given = await all(walk([tree, file('/4')] as unknown as readonly FileSystemEntry[]));
  expect(given.map(({ path }) => path)).toEqual(['disc/1', 'disc/sub/2', 'disc/3', '4']);
  expect(await (await given[1]?.open())?.text()).toBe('/disc/sub/2');
});

it('names chosen files by their place in the folder', async () => {
  const inFolder = Object.defineProperty(new File(['x'], 'IM1'), 'webkitRelativePath', { value: 'disc/IM1' });
  const given = await all(givenFiles([inFolder, new File(['y'], 'IM2')]));
  expect(given.map(({ path }) => path)).toEqual(['disc/IM1', 'IM2']);
});
