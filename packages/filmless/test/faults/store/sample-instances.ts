import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesSource, type InspectedObject, inspectObject } from '@filmless/dicom';
import { sendFiles } from '@filmless/dicom-router';
import { ctPhantom, mammogram } from '@filmless/fixtures';
import { type Product, ROOT } from '../../support/product.ts';

/** A file, and what it holds. */
export interface Sample {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly object: InspectedObject;
}

const FIXTURES = [
  'codec/rle/SC_rgb_rle_2frame.dcm',
  'codec/jpeg/SC_rgb_dcmtk_eb_cr.dcm',
  'codec/native/image_dfl.dcm',
  'objects/sr/test-SR.dcm',
] as const;

async function sampleOf(bytes: Uint8Array): Promise<Sample> {
  const file = new Uint8Array(bytes);
  return { file, object: await inspectObject(bytesSource(file)) };
}

const PATIENT = { id: 'MAU700001', name: 'Đỗ^Thị Dương', birthDate: '19700101', sex: 'F' } as const;
const STUDY = { patient: PATIENT, at: new Date('2026-03-02T08:00:00Z'), accessionNumber: 'S3-1', description: 'S3' };

/** A CT of a few slices and a mammogram of several megabytes: what stays in memory while it is received, and what does not. */
export async function imagesBySending(slices: number): Promise<readonly Sample[]> {
  const made = [...ctPhantom({ ...STUDY, seed: 'bucket ct' }, { slices }).files(), ...mammogram({ ...STUDY, seed: 'bucket mg' })];
  return await Promise.all(made.map(({ bytes }) => sampleOf(bytes)));
}

/** Compressed, deflated and without an image. */
export async function objectsByStow(): Promise<readonly Sample[]> {
  return await Promise.all(FIXTURES.map(async (path) => await sampleOf(await readFile(join(ROOT, 'fixtures', 'files', path)))));
}

/** Sends by so many associations at once. */
export async function sendAtOnce(product: Product, samples: readonly Sample[], associations: number): Promise<readonly string[]> {
  const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'BUCKET' };
  const queue = samples.map(({ file }) => file);
  async function* files(): AsyncGenerator<Uint8Array> {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      yield file;
    }
  }
  const sent = await Promise.all(Array.from({ length: associations }, () => sendFiles(node, files())));
  return sent.flatMap(({ refused }) => refused.map(({ problem }) => problem));
}

export function pathOf({ object }: Sample): string {
  return `/dicom-web/studies/${object.studyInstanceUid}/series/${object.seriesInstanceUid}/instances/${object.sopInstanceUid}`;
}
