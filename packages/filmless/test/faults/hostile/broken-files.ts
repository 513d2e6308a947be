import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, DicomError, inspectObject } from '@filmless/dicom';
import { CORPUS, ROOT } from '../../support/product.ts';
import type { HostileFile } from './bomb-attack.ts';

/** Every invalid or hostile file at hand: those of the public corpus when it lies beside the checkout, and those of `fixtures/`. */
export async function* brokenFiles(): AsyncGenerator<HostileFile> {
  const folders = [...(CORPUS === undefined ? [] : [CORPUS]), join(ROOT, 'fixtures', 'files')].map((folder) =>
    join(folder, 'broken'),
  );
  for (const folder of folders.filter((one) => existsSync(one))) {
    for (const file of readdirSync(folder).sort()) {
      const bytes = readFileSync(join(folder, file));
      yield { name: `broken/${file}`, ...(await placeOf(bytes)), file: () => bytes };
    }
  }
}

/** Where the archive shows the object if it keeps it. */
async function placeOf(bytes: Buffer): Promise<Pick<HostileFile, 'study' | 'series' | 'sop'>> {
  try {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = await inspectObject(bytesSource(new Uint8Array(bytes)));
    return { study: studyInstanceUid, series: seriesInstanceUid, sop: sopInstanceUid };
  } catch (error) {
    if (error instanceof DicomError) {
      return { study: '1.2.3', series: '1.2.3.1', sop: '1.2.3.1.1' };
    }
    throw error;
  }
}
