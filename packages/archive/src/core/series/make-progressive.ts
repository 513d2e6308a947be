import { type FrameCoding, findTransferSyntax, firstNumber, firstText, frameRanges, TAG } from '@filmless/dicom';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { InstanceHeader, StoredInstance } from '../model.ts';
import type { EncodedFrame, Pixels } from '../ports.ts';
import type { ClaimedSeries } from './series-texts.ts';

type Needs = Pick<Dependencies, 'index' | 'objects' | 'log' | 'now' | 'limits' | 'reception'>;
type ReadRanges = (instance: InstanceHeader, ranges: ReturnType<typeof frameRanges>['ranges']) => Promise<Uint8Array>;

const EVERYWHERE = { facilities: 'all' } as const;
/** What is made again without a loss from these is what was sent. */
const SOURCES: ReadonlySet<FrameCoding> = new Set([
  'native',
  'encapsulated-native',
  'rle',
  'jpeg-lossless',
  'jpeg-ls',
  'jpeg-2000',
]);
const PHOTOMETRIC: ReadonlySet<string> = new Set(['MONOCHROME1', 'MONOCHROME2', 'RGB']);
/** Medical images are not compressed further than this without a loss: shorter objects need not be looked at. */
const MOST_COMPRESSED = 16;
/** Forms that give way at a time. */
const GIVEN_UP = 20;
/** An image of which these are said is left as it is. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['not-acceptable', 'cannot-decode', 'limit-exceeded']);

/** Makes progressive forms of the large images of a series, so that a doctor on a slow line sees a useful picture after a few per cent of the bytes. */
export class MakeProgressive {
  readonly #with: Needs;
  readonly #pixels: Pick<Pixels, 'recode'>;
  readonly #readRanges: ReadRanges;

  constructor(dependencies: Needs, pixels: Pick<Pixels, 'recode'>, readRanges: ReadRanges) {
    this.#with = dependencies;
    this.#pixels = pixels;
    this.#readRanges = readRanges;
  }

  /** As long as `goesOn` says so: false when there is something left to be made. */
  async make(series: ClaimedSeries, goesOn: () => boolean): Promise<boolean> {
    const { index, now, limits } = this.#with;
    const { studyInstanceUid, seriesInstanceUid } = series;
    for await (const stored of index.instances({ studyInstanceUid, seriesInstanceUid }, EVERYWHERE, now())) {
      if (!mayBeLarge(stored, limits.progressiveFrameBytes)) {
        continue;
      }
      if (!goesOn()) {
        return false;
      }
      const instance = await index.instance(stored, EVERYWHERE, now());
      if (instance !== undefined && isLarge(instance, limits) && (await index.progressive.find(instance)) === undefined) {
        await this.#makeOne(instance);
      }
    }
    return true;
  }

  async #makeOne(instance: InstanceHeader): Promise<void> {
    const { index, objects, now, log } = this.#with;
    try {
      const frames = await this.#frames(instance);
      const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (frames.length === 0 || !(await this.#hasRoom(bytes))) {
        return;
      }
      const key = await objects.putDerived(instance.objectKey, Buffer.concat(frames), 'progressive');
      const lengths = frames.map(({ byteLength }) => byteLength);
      if (!(await index.progressive.note(instance, { key, lengths }, now()))) {
        await objects.deleteDerived(instance.objectKey, 'progressive');
      }
    } catch (error) {
      if (!(error instanceof ArchiveError) || !LEFT_ALONE.has(error.code)) {
        throw error;
      }
      log.info({ object: instance.objectKey, reason: error.message }, 'image-not-made-progressive');
    }
  }

  /** None where they are too long together. */
  async #frames(instance: InstanceHeader): Promise<readonly Uint8Array[]> {
    const frames: Uint8Array[] = [];
    let left = this.#with.limits.progressiveObjectBytes;
    for (let frameIndex = 0; frameIndex < instance.frames.count; frameIndex += 1) {
      const { bytes } = await this.#pixels.recode(this.#frame(instance, frameIndex), 'htj2k-rpcl');
      left -= bytes.byteLength;
      if (left < 0) {
        return [];
      }
      frames.push(bytes);
    }
    return frames;
  }

  #frame(instance: InstanceHeader, frameIndex: number): EncodedFrame {
    const { ranges, firstBit } = frameRanges(instance.frames, frameIndex);
    return {
      header: instance.header,
      transferSyntaxUid: instance.transferSyntaxUid,
      length: ranges.reduce((sum, { length }) => sum + length, 0),
      read: () => this.#readRanges(instance, ranges),
      frameIndex,
      firstBit,
    };
  }

  /** Those made first give way; on a disk that is nearly full none is made. */
  async #hasRoom(bytes: number): Promise<boolean> {
    const { index, objects, limits, reception } = this.#with;
    if (bytes > limits.progressiveKeptBytes || !(await reception.hasRoom('bulk'))) {
      return false;
    }
    while ((await index.progressive.totalBytes()) + bytes > limits.progressiveKeptBytes) {
      const forms = await index.progressive.oldest(GIVEN_UP);
      if (forms.length === 0) {
        return true;
      }
      await index.progressive.forget(forms.map(({ key }) => key));
      for (const { objectKey } of forms) {
        await objects.deleteDerived(objectKey, 'progressive');
      }
    }
    return true;
  }
}

/** Without its header: whether an instance may have frames of so many bytes. */
export function mayBeLarge({ size, frameCount, transferSyntaxUid }: StoredInstance, frameBytes: number): boolean {
  const syntax = findTransferSyntax(transferSyntaxUid);
  const isSource = syntax !== undefined && SOURCES.has(syntax.coding) && !syntax.lossy && !syntax.bigEndianPixels;
  return isSource && frameCount > 0 && size >= (frameCount * frameBytes) / MOST_COMPRESSED;
}

function isLarge(
  { header, frames }: InstanceHeader,
  limits: Pick<Dependencies['limits'], 'progressiveFrameBytes' | 'progressiveNativeBytes'>,
): boolean {
  const number = (tag: string): number => firstNumber(header, tag) ?? 0;
  const samples = number(TAG.Rows) * number(TAG.Columns) * (firstNumber(header, TAG.SamplesPerPixel) ?? 1);
  const bytes = samples * Math.ceil(number(TAG.BitsAllocated) / 8);
  const photometric = firstText(header, TAG.PhotometricInterpretation)?.trim() ?? '';
  return (
    bytes >= limits.progressiveFrameBytes && bytes * frames.count <= limits.progressiveNativeBytes && PHOTOMETRIC.has(photometric)
  );
}
