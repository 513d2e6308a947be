// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestArchive, type TestArchive } from '../support/archive.ts';
import { allFiles, filesRoot } from './corpus.ts';
import { askPython } from './python.ts';

/** A file of the corpus as it was sent, and the file that keeps it. */
interface Pair {
  readonly name: string;
  readonly sent: string;
  readonly kept: string;
  readonly transferSyntaxUid: string;
}

/** Elements as dcmdump names them, and how it ended. */
function dumped(path: string): { readonly status: number | null; readonly elements: readonly string[] } {
  const run = spawnSync('/usr/bin/dcmdump', ['-q', '-M', path], { maxBuffer: 256 * 1024 * 1024 });
  const elements = run.stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => !line.startsWith('(fffc,fffc)'));
  return { status: run.status, elements };
}

describe('files of the object folder, opened by others', () => {
  let archive: TestArchive;
  const pairs: Pair[] = [];

  beforeAll(async () => {
    archive = await openTestArchive();
    const bySize = new Map<number, { readonly name: string; readonly path: string; readonly bytes: Buffer }[]>();
    for (const name of allFiles()) {
      const bytes = readFileSync(join(filesRoot, name));
      const { status } = await archive.store(bytes);
      if (status === 'stored' || status === 'conflict') {
        const ofSize = bySize.get(bytes.byteLength) ?? [];
        bySize.set(bytes.byteLength, [...ofSize, { name, path: join(filesRoot, name), bytes }]);
      }
    }
    for await (const found of archive.with.objects.objects()) {
      if ('broken' in found) {
        throw new Error(found.reason);
      }
      const kept = join(archive.folder, 'objects', found.objectKey);
      const bytes = readFileSync(kept).subarray(0, found.envelope.size);
      const sent = bySize.get(found.envelope.size)?.find((one) => one.bytes.equals(bytes));
      expect(sent, `${found.objectKey} is nothing that was sent`).toBeDefined();
      pairs.push({
        name: sent?.name ?? '',
        sent: sent?.path ?? '',
        kept,
        transferSyntaxUid: found.envelope.transferSyntaxUid,
      });
    }
  });

  afterAll(async () => {
    await archive[Symbol.asyncDispose]();
  });

  it('are there in many transfer syntaxes, also with implicit VR, big endian and deflated', () => {
    const syntaxes = new Set(pairs.map(({ transferSyntaxUid }) => transferSyntaxUid));
    expect([...syntaxes]).toEqual(
      expect.arrayContaining(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2']),
    );
  });

  it('have for DCMTK the elements of the object that was sent, and no others', () => {
    // It is started twice for each; ten of a transfer syntax are enough.
    const ofSyntax = Map.groupBy(pairs, ({ transferSyntaxUid }) => transferSyntaxUid);
    const some = [...ofSyntax.values()].flatMap((all) => all.slice(0, 10));
    const other = some.filter(({ sent, kept }) => JSON.stringify(dumped(sent)) !== JSON.stringify(dumped(kept)));
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  it('have for pydicom the elements and the pixel data of the object that was sent', () => {
    const answers = askPython('same_elements.py', pairs);
    const other = pairs.filter((_, index) => answers[index]?.error !== undefined);
    expect(other.map(({ name }) => name)).toEqual([]);
    expect(answers).toHaveLength(pairs.length);
  });
});
