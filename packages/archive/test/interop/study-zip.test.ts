// needs: dcmtk, python
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDirectory } from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { allFiles, filesRoot } from './corpus.ts';
import { askPython } from './python.ts';

interface Found {
  readonly error?: string;
  readonly names: readonly string[];
  readonly records: readonly string[];
  readonly files: readonly { readonly sha256: string; readonly patient: string; readonly id: string; readonly same: boolean }[];
}

interface Page {
  readonly studies: readonly { readonly studyInstanceUid: string }[];
  readonly next: string | null;
}

interface Series {
  readonly seriesInstanceUid: string;
  readonly instanceCount: number;
}

const BATCH = 20;

describe('studies as ZIP, opened by others', () => {
  let http: TestHttp;
  let folder: string;
  const studies: string[] = [];

  beforeAll(async () => {
    http = await openTestHttp();
    folder = mkdtempSync(join(tmpdir(), 'filmless-zips-'));
    const files = allFiles();
    for (let at = 0; at < files.length; at += BATCH) {
      const some = files.slice(at, at + BATCH).map((name) => readFileSync(join(filesRoot, name)));
      await (await http.stow(some)).body?.cancel();
    }
    for (let after: string | null = ''; after !== null; ) {
      const page: Page = (await (await http.ask(`/api/studies?limit=50${after}`)).json()) as Page;
      studies.push(...page.studies.map(({ studyInstanceUid }) => studyInstanceUid));
      after = page.next === null ? null : `&after=${encodeURIComponent(page.next)}`;
    }
  });

  afterAll(async () => {
    await http[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const zipped = async (study: string, query = ''): Promise<string> => {
    const response = await http.ask(`/api/studies/${study}/zip${query}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.status, Buffer.from(bytes).toString('latin1').slice(0, 300)).toBe(200);
    const path = join(folder, `${studies.indexOf(study)}${query === '' ? '' : 's'}.zip`);
    writeFileSync(path, bytes);
    return path;
  };
  const seriesOf = async (study: string): Promise<readonly Series[]> =>
    ((await (await http.ask(`/api/studies/${study}`)).json()) as { readonly series: readonly Series[] }).series;
  /** Hashes of the files DICOMweb gives of a study, as Part 10 files. */
  const hashesOf = async (study: string): Promise<readonly string[]> => {
    const list = (await (
      await http.ask(`/studies/${study}/instances?limit=5000&includefield=00081190`)
    ).json()) as readonly Record<string, { readonly Value?: readonly string[] }>[];
    const hashes: string[] = [];
    for (const one of list) {
      const { pathname } = new URL(String(one['00081190']?.Value?.[0]));
      const file = await (await http.ask(pathname, { accept: 'application/dicom; transfer-syntax=*' })).arrayBuffer();
      hashes.push(createHash('sha256').update(new Uint8Array(file)).digest('hex'));
    }
    return hashes.toSorted();
  };

  it('have for pydicom a DICOMDIR of all their objects, each as it is kept', async () => {
    expect(studies.length).toBeGreaterThan(5);
    const requests: { readonly path: string }[] = [];
    for (const study of studies) {
      requests.push({ path: await zipped(study) });
    }
    const found = askPython('file_sets.py', requests) as unknown as readonly Found[];
    expect(found.flatMap(({ error }, index) => (error === undefined ? [] : [`${studies[index]}: ${error}`]))).toEqual([]);
    for (const [index, { files }] of found.entries()) {
      const study = studies[index] ?? '';
      expect(files.map(({ sha256 }) => sha256).toSorted(), study).toEqual(await hashesOf(study));
      expect(
        files.filter(({ same }) => !same),
        study,
      ).toEqual([]);
    }
  });

  it('have for DCMTK a DICOMDIR it reads without a word', async () => {
    for (const study of studies.slice(0, 40)) {
      const path = await zipped(study);
      const out = join(folder, `${studies.indexOf(study)}`);
      expect(spawnSync('python3', ['-m', 'zipfile', '-e', path, out]).status).toBe(0);
      const dump = spawnSync('/usr/bin/dcmdump', [join(out, 'DICOMDIR')]);
      expect([study, dump.status, dump.stderr.toString()]).toEqual([study, 0, '']);
      const { files, warnings } = readDirectory(readFileSync(join(out, 'DICOMDIR')));
      expect(warnings).toEqual([]);
      expect(files.length).toBe((await seriesOf(study)).reduce((sum, { instanceCount }) => sum + instanceCount, 0));
      rmSync(out, { recursive: true });
    }
  });

  it('hold the series that were asked for, each in a folder of its own', async () => {
    for (const study of studies) {
      const series = await seriesOf(study);
      const [first] = series;
      if (series.length > 1 && first !== undefined) {
        const path = await zipped(study, `?series=${first.seriesInstanceUid}`);
        const [found] = askPython('file_sets.py', [{ path }]) as unknown as readonly Found[];
        expect(found?.files.length).toBe(first.instanceCount);
        expect(found?.names).toContain('DICOM/SE000001/IM000001');
        expect(found?.names.filter((name) => name.startsWith('DICOM/SE000002'))).toEqual([]);
        return;
      }
    }
    expect.unreachable('no study has two series');
  });
});
