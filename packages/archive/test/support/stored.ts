import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '@filmless/dicom';
import type { TestHttp } from './http.ts';

const FIXTURES = join(import.meta.dirname, '../../../../fixtures/files');

export const fixture = (path: string): Buffer => readFileSync(join(FIXTURES, path));

/** Stores a file and tells the path of its instance. */
export async function storeFile(http: TestHttp, bytes: Uint8Array): Promise<string> {
  const answer = (await (await http.stow([bytes])).json()) as DataSet;
  const item = answer['00081199']?.Value?.[0] as DataSet | undefined;
  return new URL(String(item?.['00081190']?.Value?.[0])).pathname;
}
