import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '@filmless/access';
import { type ReceivedObject, readFileMeta } from '@filmless/dicom';
import type { ArchiveFetch, Deposit } from '../src/index.ts';
import type { CountedReception } from './counted-reception.ts';

export interface Kept {
  readonly object: ReceivedObject;
  readonly source: Source;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Where it is kept now. */
  readonly path: string;
}

/** An archive's place: keeps objects in a folder and gives them back. It believes the file meta information. */
export class DepositFolder {
  readonly folder: string;
  readonly kept: Kept[] = [];
  readonly #reception: CountedReception;

  private constructor(folder: string, reception: CountedReception) {
    this.folder = folder;
    this.#reception = reception;
  }

  static async open(folder: string, reception: CountedReception): Promise<DepositFolder> {
    await mkdir(folder, { recursive: true });
    return new DepositFolder(folder, reception);
  }

  readonly deposit: Deposit = async (object, source) => {
    const path = join(this.folder, `${object.sha256}.dcm`);
    const bytes = await this.#reception.bytes(object);
    const { meta } = readFileMeta(bytes);
    const sopInstanceUid = meta.mediaStorageSopInstanceUid ?? '';
    await writeFile(path, bytes);
    await this.#reception.release(object);
    this.kept.push({ object, source, sopInstanceUid, transferSyntaxUid: meta.transferSyntaxUid, path });
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
    return found === undefined ? undefined : (await readFile(found.path)).subarray(found.object.dataSetOffset);
  }
}
