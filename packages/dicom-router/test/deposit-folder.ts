import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '@filmless/access';
import { readFileMeta } from '@filmless/dicom';
import type { ArchiveFetch, Deposit, DepositFile } from '../src/index.ts';

export interface Kept {
  readonly file: DepositFile;
  readonly source: Source;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Where it is kept now. */
  readonly path: string;
}

/** An archive's place: keeps files in a folder and gives them back. It believes the file meta information. */
export class DepositFolder {
  readonly folder: string;
  readonly kept: Kept[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<DepositFolder> {
    await mkdir(folder, { recursive: true });
    return new DepositFolder(folder);
  }

  readonly deposit: Deposit = async (file, source) => {
    const path = join(this.folder, `${file.sha256}.dcm`);
    const { meta } = readFileMeta(await readFile(file.path));
    const sopInstanceUid = meta.mediaStorageSopInstanceUid ?? '';
    await rename(file.path, path);
    this.kept.push({ file, source, sopInstanceUid, transferSyntaxUid: meta.transferSyntaxUid, path });
    return {
      status: 'stored',
      studyInstanceUid: '2.25.1',
      seriesInstanceUid: '2.25.1.1',
      sopInstanceUid,
      sopClassUid: meta.mediaStorageSopClassUid ?? '',
      warnings: [],
    };
  };

  /** WADO-RS of one instance, as far as deliveries ask. */
  readonly fetch: ArchiveFetch = async (request) => {
    const uid = new URL(request.url).pathname.split('/').at(-1);
    const found = this.kept.find(({ sopInstanceUid }) => sopInstanceUid === uid);
    return found === undefined
      ? new Response(null, { status: 404 })
      : new Response(await readFile(found.path), { headers: { 'content-type': 'application/dicom' } });
  };

  /** The data set that is kept of an instance. */
  async dataSet(sopInstanceUid: string): Promise<Buffer | undefined> {
    const found = this.kept.find((kept) => kept.sopInstanceUid === sopInstanceUid);
    return found === undefined ? undefined : (await readFile(found.path)).subarray(found.file.dataSetOffset);
  }
}
