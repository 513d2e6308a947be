import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesSource, DicomError, inspectObject, readFileMeta } from '@filmless/dicom';
import { CORPUS, type Product, ROOT } from './product.ts';

/** A real file for a test, with what its list says of it. */
export interface SampleFile {
  readonly path: string;
  readonly transferSyntaxUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** Rows of a tab-separated table with a header line. */
export function parseTable(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((value, column) => [names[column] ?? '', value])));
}

/** Every real file at hand: the public corpus when it lies beside the checkout, else the files of `fixtures/`. */
export async function sampleFiles(): Promise<readonly SampleFile[]> {
  const folder = CORPUS ?? join(ROOT, 'fixtures', 'files');
  const rows = parseTable(await readFile(join(folder, 'manifest.tsv'), 'utf8'));
  return rows.map((row) => ({
    path: join(folder, row.path ?? ''),
    transferSyntaxUid: row.transfer_syntax_uid ?? '',
    studyInstanceUid: row.study_uid ?? '',
    seriesInstanceUid: row.series_uid ?? '',
    sopInstanceUid: row.sop_uid ?? '',
  }));
}

/** Files that no archive can keep as they are: one of the UIDs that find an object is missing or is none. */
export async function incompleteFiles(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const incomplete = new Set<string>();
  for (const path of paths) {
    try {
      await inspectObject(bytesSource(new Uint8Array(await readFile(path))));
    } catch (error) {
      if (!(error instanceof DicomError)) {
        throw error;
      }
      incomplete.add(path);
    }
  }
  return incomplete;
}

/** The sample files that an archive can keep. */
export async function completeFiles(): Promise<readonly SampleFile[]> {
  const all = await sampleFiles();
  const incomplete = await incompleteFiles(all.map(({ path }) => path));
  return all.filter(({ path }) => !incomplete.has(path));
}

/** The bytes of a Part 10 file after its file meta information. */
export function dataSetOf(part10: Uint8Array): Uint8Array {
  return part10.subarray(readFileMeta(part10).dataSetOffset);
}

/** Fetches one instance by WADO-RS in its stored syntax and gives the Part 10 file, or the status where there is none. */
export async function fetchInstance(
  product: Product,
  study: string,
  series: string,
  instance: string,
): Promise<Uint8Array | number> {
  const response = await product.fetch(`/dicom-web/studies/${study}/series/${series}/instances/${instance}`, {
    headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) {
    return response.status;
  }
  const boundary = /boundary="?([^";]+)/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const start = text.indexOf('\r\n\r\n') + 4;
  return body.subarray(start, text.lastIndexOf(`\r\n--${boundary}`));
}

/** Splits files so that no SOP Instance UID is twice in a part: a second object under a known UID is a conflict. */
export function withoutTwins(files: readonly SampleFile[]): readonly (readonly SampleFile[])[] {
  const rounds: SampleFile[][] = [];
  const seen = new Map<string, number>();
  for (const file of files) {
    const round = seen.get(file.sopInstanceUid) ?? 0;
    seen.set(file.sopInstanceUid, round + 1);
    rounds[round] ??= [];
    rounds[round]?.push(file);
  }
  return rounds;
}
