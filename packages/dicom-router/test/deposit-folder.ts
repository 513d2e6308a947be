import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '@filmless/access';
import type { Deposit, DepositFile } from '../src/index.ts';

export interface Kept {
  readonly file: DepositFile;
  readonly source: Source;
  /** Where it is kept now. */
  readonly path: string;
}

/** A deposit that keeps files in a folder, by number; it believes what the file meta information says. */
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
    const path = join(this.folder, `${this.kept.length}-${file.sha256}.dcm`);
    this.kept.push({ file, source, path });
    await link(file.path, path);
    await rm(file.path);
    return {
      status: 'stored',
      studyInstanceUid: '1.2.3',
      seriesInstanceUid: '1.2.3.4',
      sopInstanceUid: '1.2.3.4.5',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      warnings: [],
    };
  };
}
