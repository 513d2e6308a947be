import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CORPUS } from './product.ts';
import { run } from './run.ts';

/** Objects that DCMTK takes into a general purpose file-set. */
const OBJECTS: readonly (readonly [folder: string, source: string, most: number])[] = [
  ['HEAD', 'series/ct-head-phantom', 28],
  ['PATA', 'charset/dicomdir', 11],
];

/**
 * A disc of another hospital, as DCMTK's dcmmkdir indexes it: images of the corpus under names of ISO 9660, a viewer for Windows and a
 * text. Undefined without the corpus.
 */
export async function makeDisc(folder: string): Promise<string | undefined> {
  if (CORPUS === undefined) {
    return undefined;
  }
  const disc = join(folder, 'DISC');
  const named: string[] = [];
  for (const [name, source, most] of OBJECTS) {
    await mkdir(join(disc, name), { recursive: true });
    const files = await dicomFiles(join(CORPUS, source));
    for (const [index, file] of files.slice(0, most).entries()) {
      const id = `IM${String(index + 1).padStart(6, '0')}`;
      await cp(file, join(disc, name, id));
      named.push(`${name}/${id}`);
    }
  }
  const made = await run('/usr/bin/dcmmkdir', ['+id', disc, '+D', join(disc, 'DICOMDIR'), '-Nxc', '+I', ...named]);
  expect(made.code, made.stderr).toBe(0);
  await writeFile(join(disc, 'autorun.inf'), '[autorun]\nopen=viewer.exe\n');
  await writeFile(join(disc, 'viewer.exe'), Buffer.from('MZ\u0090\0not a program'));
  return disc;
}

async function dicomFiles(folder: string): Promise<readonly string[]> {
  const { stdout } = await run('/usr/bin/find', [folder, '-type', 'f']);
  const files: string[] = [];
  for (const file of stdout.trim().split('\n').sort()) {
    const bytes = await readFile(file);
    if (bytes.toString('latin1', 128, 132) === 'DICM' && !file.endsWith('DICOMDIR')) {
      files.push(file);
    }
  }
  return files;
}
