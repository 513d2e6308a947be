import { type DataSet, DicomError, type DirectoryFile, directoryFileOf, TAG, type TagKey, writeDirectory } from '@filmless/dicom';
import type { InstanceHeader, Target } from '../../core/model.ts';
import type { InstanceReading } from '../../core/together.ts';
import type { HttpContext } from '../context.ts';
import { readPart10File } from '../wado/part10-file.ts';

/** A file of a ZIP. */
export interface ZipEntry {
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array> | Uint8Array;
  readonly lastModified: number;
}

/** UIDs, what an object is and who it is of: what a record cannot do without. */
const LEAST: readonly TagKey[] = [
  TAG.SOPClassUID,
  TAG.SOPInstanceUID,
  TAG.StudyInstanceUID,
  TAG.SeriesInstanceUID,
  TAG.PatientID,
  TAG.Modality,
  TAG.Rows,
];

/**
 * The objects of these targets as a file-set: each as it is kept, in `DICOM/SE000001/IM000001`, and a DICOMDIR that lists them. A series
 * is a folder. PS3.10 8, PS3.12 annex V (ZIP).
 */
export async function* fileSet(
  { core }: Pick<HttpContext, 'core'>,
  headers: AsyncIterable<InstanceHeader>,
): AsyncGenerator<ZipEntry, void, void> {
  const listing = new Listing();
  for await (const reading of core.together(listing.noting(headers), () => true)) {
    yield* asEntry(listing.nameOf(reading.instance), reading);
  }
  yield { name: 'DICOMDIR', input: listing.written(), lastModified: Date.now() };
}

/** Which files there are, and how each stands in the DICOMDIR. Holds what records repeat of the headers, not the headers. */
class Listing {
  readonly #files: DirectoryFile[] = [];
  readonly #paths = new Map<string, readonly string[]>();
  readonly #series = new Map<string, { readonly folder: string; count: number }>();

  async *noting(headers: AsyncIterable<InstanceHeader>): AsyncGenerator<InstanceHeader, void, void> {
    for await (const instance of headers) {
      this.#add(instance);
      yield instance;
    }
  }

  nameOf({ sopInstanceUid }: Required<Pick<Target, 'sopInstanceUid'>>): string {
    return (this.#paths.get(sopInstanceUid) ?? []).join('/');
  }

  written(): Uint8Array {
    return writeDirectory(this.#files);
  }

  #add({ header, seriesInstanceUid, sopInstanceUid, transferSyntaxUid }: InstanceHeader): void {
    const series = this.#series.get(seriesInstanceUid) ?? { folder: numbered('SE', this.#series.size + 1), count: 0 };
    this.#series.set(seriesInstanceUid, series);
    series.count += 1;
    const path = ['DICOM', series.folder, numbered('IM', series.count)];
    this.#paths.set(sopInstanceUid, path);
    this.#files.push(listed(header, { path, place: series.count, transferSyntaxUid }));
  }
}

/** At most 8 characters. PS3.10 8.2. */
function numbered(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(6, '0')}`;
}

/** As its header says, or, where that holds what no DICOMDIR can, by what identifies it alone. */
function listed(header: DataSet, as: Parameters<typeof directoryFileOf>[1]): DirectoryFile {
  const file = directoryFileOf(header, as);
  try {
    writeDirectory([file]);
    return file;
  } catch (error) {
    if (error instanceof DicomError) {
      const least = Object.fromEntries(LEAST.flatMap((tag) => (header[tag] === undefined ? [] : [[tag, header[tag]]])));
      return directoryFileOf(least, as);
    }
    throw error;
  }
}

/** NOTE: whoever leaves in the middle does not read the file to its end: then it is let go here. */
async function* asEntry(name: string, { instance, read }: InstanceReading): AsyncGenerator<ZipEntry, void, void> {
  const file = (await readPart10File({ read }, instance)).getReader();
  try {
    yield { name, input: piecesOf(file), lastModified: Date.parse(instance.receivedAt) };
  } finally {
    await file.cancel();
  }
}

async function* piecesOf(file: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for (let next = await file.read(); !next.done; next = await file.read()) {
    yield next.value;
  }
}
