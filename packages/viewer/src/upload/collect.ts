import type { Given } from './given.ts';
import { sniff } from './sniff.ts';
import { unzip, ZipError, type ZipLimits } from './unzip.ts';

/** A file to be sent, or one that is not and why. */
export type Collected =
  | { readonly kind: 'dicom'; readonly path: string; readonly content: Blob; readonly sopInstanceUid: string | undefined }
  | { readonly kind: 'skipped'; readonly path: string; readonly why: SkipReason };

export type SkipReason =
  | 'not-dicom'
  | 'dicomdir'
  | 'unreadable'
  | 'zip-broken'
  | 'zip-too-large'
  | 'entry-too-large'
  | 'nested-zip';

/** Looks into every file and into ZIP archives, one at a time, as fast as the result is taken. */
export async function* collect(given: AsyncIterable<Given>, limits?: ZipLimits): AsyncGenerator<Collected> {
  for await (const file of given) {
    try {
      const content = await file.open();
      const found = await sniff(content);
      yield* found.kind === 'zip' ? fromZip(file.path, content, limits) : [classify(file.path, content, found)];
    } catch {
      yield { kind: 'skipped', path: file.path, why: 'unreadable' };
    }
  }
}

async function* fromZip(path: string, archive: Blob, limits: ZipLimits | undefined): AsyncGenerator<Collected> {
  try {
    for await (const entry of unzip(archive, limits)) {
      const inside = `${path}/${entry.name}`;
      yield entry.content === undefined
        ? { kind: 'skipped', path: inside, why: 'entry-too-large' }
        : classify(inside, entry.content, await sniff(entry.content));
    }
  } catch (error) {
    if (!(error instanceof ZipError)) {
      throw error;
    }
    yield { kind: 'skipped', path, why: error.code === 'broken' ? 'zip-broken' : 'zip-too-large' };
  }
}

function classify(path: string, content: Blob, found: Awaited<ReturnType<typeof sniff>>): Collected {
  switch (found.kind) {
    case 'dicom':
      return { kind: 'dicom', path, content, sopInstanceUid: found.sopInstanceUid };
    case 'dicomdir':
      return { kind: 'skipped', path, why: 'dicomdir' };
    case 'zip':
      return { kind: 'skipped', path, why: 'nested-zip' };
    case 'other':
      return { kind: 'skipped', path, why: 'not-dicom' };
  }
}
