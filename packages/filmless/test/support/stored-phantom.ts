import { bytesSource, inspectObject } from '@filmless/dicom';
import { ctPhantom, type SampleFile, type SampleStudy } from '@filmless/fixtures';
import { stow } from './facilities.ts';
import type { Product } from './product.ts';

/** Sends computed files by STOW-RS and gives the UID of their study. */
export async function storeFiles(product: Product, files: Iterable<SampleFile>): Promise<string> {
  let study = '';
  for (const { bytes } of files) {
    const response = await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(bytes) });
    if (response.status !== 200) {
      throw new Error(`storing answered ${response.status}: ${await response.text()}`);
    }
    study = (await inspectObject(bytesSource(bytes))).studyInstanceUid;
  }
  return study;
}

export type PhantomStudy = Pick<SampleStudy, 'seed' | 'patient'> & Partial<SampleStudy>;

/** A head of ten slices, as one study. */
export function storeCtPhantom(product: Product, { seed, patient, ...rest }: PhantomStudy): Promise<string> {
  const study: SampleStudy = {
    seed,
    patient,
    at: new Date('2026-03-02T08:00:00Z'),
    accessionNumber: seed.toUpperCase().slice(0, 16),
    description: 'CT sọ não',
    ...rest,
  };
  return storeFiles(product, ctPhantom(study, { slices: 10 }).files());
}
