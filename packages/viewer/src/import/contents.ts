import { unzip } from '../upload/unzip.ts';
import type { DiscFile } from './disc.ts';

export interface OpenedFile {
  readonly file: DiscFile;
  readonly content: Blob;
}

/** The bytes of files, one at a time as they are taken: those of the disc first, then each archive gone through once. @throws ZipError */
export async function* contents(files: readonly DiscFile[]): AsyncGenerator<OpenedFile> {
  const packed = new Map<Blob, Map<string, DiscFile>>();
  for (const file of files) {
    const { origin } = file;
    if (origin.kind === 'file') {
      yield { file, content: origin.file };
    } else {
      const wanted = packed.get(origin.archive) ?? new Map<string, DiscFile>();
      wanted.set(origin.name, file);
      packed.set(origin.archive, wanted);
    }
  }
  for (const [archive, wanted] of packed) {
    for await (const { name, content } of unzip(archive)) {
      const file = wanted.get(name);
      if (file !== undefined && content !== undefined) {
        yield { file, content };
      }
    }
  }
}
