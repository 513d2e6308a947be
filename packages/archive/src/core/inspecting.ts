import {
  type ByteSource,
  DicomError,
  type FoundFileMeta,
  findTransferSyntax,
  type InspectedObject,
  inspectObject,
  readFileMeta,
} from '@filmless/dicom';
import { Turns } from '@filmless/disk';

/** What `inspectObject` reads first lies within it, and file meta information, but for hostile files. */
const BEGINNING_BYTES = 32 * 1024;

/**
 * Looks at objects. A deflated one is inflated in memory and may take a thousand times its own size, so that few of them are
 * held at once; all others only cost their headers and do not wait.
 */
export class Inspecting {
  readonly #deflated: Turns;

  constructor(deflatedAtOnce: number) {
    this.#deflated = new Turns(deflatedAtOnce);
  }

  /**
   * Gives the object to `use`, its texts read in `characterSet` where its sender names a wrong one. NOTE: what `use` returns must not hold on to the inflated bytes: they are counted until it ends.
   * @throws DicomError as `inspectObject`
   */
  async inspect<T>(
    source: ByteSource,
    characterSet: string | undefined,
    use: (object: InspectedObject) => T | Promise<T>,
  ): Promise<T> {
    const beginning = await source.read(0, BEGINNING_BYTES);
    const again = startingWith(source, beginning);
    const fileMeta = fileMetaIn(beginning);
    return await this.#inTurn(fileMeta, async () => await use(await inspectObject(again, { characterSet, fileMeta })));
  }

  /** Does `work`, which inflates the object in its own way: what it holds is counted until it ends. */
  async holding<T>(source: ByteSource, work: () => Promise<T>): Promise<T> {
    return await this.#inTurn(fileMetaIn(await source.read(0, Math.min(BEGINNING_BYTES, source.size))), work);
  }

  async #inTurn<T>(fileMeta: FoundFileMeta | undefined, work: () => Promise<T>): Promise<T> {
    return mayBeDeflated(fileMeta) ? await this.#deflated.run(work) : await work();
  }
}

/** Undefined when the beginning does not tell. */
function fileMetaIn(beginning: Uint8Array): FoundFileMeta | undefined {
  try {
    return readFileMeta(beginning);
  } catch (error) {
    if (error instanceof DicomError) {
      return undefined;
    }
    throw error;
  }
}

function mayBeDeflated(found: FoundFileMeta | undefined): boolean {
  return found === undefined || (findTransferSyntax(found.meta.transferSyntaxUid)?.deflated ?? false);
}

/** The source, with its first bytes read already. */
function startingWith(source: ByteSource, beginning: Uint8Array): ByteSource {
  return {
    size: source.size,
    read: async (offset, length) =>
      offset + length <= beginning.byteLength ? beginning.subarray(offset, offset + length) : await source.read(offset, length),
  };
}
