import {
  type Attribute,
  type DataSet,
  EXPLICIT_VR_LITTLE_ENDIAN,
  transferSyntax,
  type Vr,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { DecodedFrame } from '../../core/ports.ts';
import type { HttpContext } from '../context.ts';
import { bulkOf, encodedFrame } from './frame-bytes.ts';

/** All bulk data but Pixel Data is written from memory. */
const MAX_OTHER_BULK_BYTES = 256 * 1024 * 1024;
/** An explicit length has 32 bits, and its largest value means none. PS3.5 7.1.1. */
const MAX_VALUE_BYTES = 0xfffffffe;
const PIXEL_DATA = '7FE00010';
/** They describe fragments that are no more. PS3.3 C.7.6.3.1.8. */
const OF_FRAGMENTS: readonly string[] = ['7FE00001', '7FE00002', '7FE00003'];

/**
 * An object as a Part 10 file in Explicit VR Little Endian, frame by frame. Its pixels are the decoded ones; attributes are
 * as kept at ingest.
 * @throws ArchiveError `cannot-decode`, `not-acceptable` when it would not fit the syntax
 */
export async function toExplicitLittleEndian(
  context: HttpContext,
  instance: InstanceHeader,
): Promise<ReadableStream<Uint8Array>> {
  const bulk = await otherBulk(context, instance);
  const pixels = await pixelSource(context, instance);
  const header = Object.entries({ ...instance.header, ...pixels?.attributes }).filter(([tag]) => !OF_FRAGMENTS.includes(tag));
  const write = (part: readonly (readonly [string, Attribute])[]): Uint8Array =>
    writeDataSet(Object.fromEntries(part), { explicitVr: true, bulkData: (uri) => bulk.get(uri) });
  const meta = writeFileMeta({
    mediaStorageSopClassUid: instance.sopClassUid,
    mediaStorageSopInstanceUid: instance.sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const chunks = (async function* () {
    yield meta;
    yield write(header.filter(([tag]) => tag < PIXEL_DATA));
    if (pixels !== undefined) {
      yield pixels.elementHeader;
      yield* pixels.frames();
      yield new Uint8Array(pixels.length % 2);
    }
    yield write(header.filter(([tag]) => tag > PIXEL_DATA));
  })();
  return ReadableStream.from(chunks);
}

async function otherBulk(context: HttpContext, instance: InstanceHeader): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = instance.bulk.filter(({ path }) => path.replace(/^bulkdata\//, '') !== PIXEL_DATA);
  const total = wanted.reduce((sum, { length }) => sum + length, 0);
  if (total > MAX_OTHER_BULK_BYTES) {
    throw new ArchiveError('not-acceptable', `The instance has ${total} bytes of bulk data and is available only as stored.`);
  }
  const values = new Map<string, Uint8Array>();
  for (const { path, offset, length } of wanted) {
    values.set(`bulkdata/${path.replace(/^bulkdata\//, '')}`, await context.core.readRanges(instance, [{ offset, length }]));
  }
  return values;
}

interface PixelSource {
  /** What decoding changed in the description of the pixels. */
  readonly attributes: DataSet;
  readonly elementHeader: Uint8Array;
  /** Bytes of the value without padding. */
  readonly length: number;
  frames(): AsyncIterable<Uint8Array>;
}

async function pixelSource(context: HttpContext, instance: InstanceHeader): Promise<PixelSource | undefined> {
  if (instance.header[PIXEL_DATA] === undefined) {
    return undefined;
  }
  const { coding, littleEndian, bigEndianPixels } = transferSyntax(instance.transferSyntaxUid);
  const plain = coding === 'native' && littleEndian && !bigEndianPixels;
  return plain || instance.frames.count === 0 ? copiedPixels(context, instance) : decodedPixels(context, instance);
}

/** Native little endian pixel data is the same bytes in any syntax. */
function copiedPixels(context: HttpContext, instance: InstanceHeader): PixelSource {
  const vr = instance.header[PIXEL_DATA]?.vr === 'OB' ? 'OB' : 'OW';
  const { offset, length } =
    instance.header[PIXEL_DATA]?.BulkDataURI === undefined ? { offset: 0, length: 0 } : bulkOf(instance, PIXEL_DATA);
  return {
    attributes: {},
    elementHeader: pixelElement(vr, length),
    length,
    frames: async function* () {
      if (length > 0) {
        yield* await context.core.read(instance, { of: 'content', range: { offset, length } });
      }
    },
  };
}

async function decodedPixels(context: HttpContext, instance: InstanceHeader): Promise<PixelSource> {
  const decode = async (index: number): Promise<DecodedFrame> => context.pixels.decode(encodedFrame(context, instance, index));
  const first = await decode(0);
  const length = first.bytes.length * instance.frames.count;
  return {
    attributes: attributesOf(first, instance.header),
    elementHeader: pixelElement(first.bitsAllocated > 8 ? 'OW' : 'OB', length),
    length,
    frames: async function* () {
      yield first.bytes;
      for (let index = 1; index < instance.frames.count; index += 1) {
        const { bytes } = await decode(index);
        if (bytes.length !== first.bytes.length) {
          throw new ArchiveError('cannot-decode', `Frame ${index + 1} is not of the size of the first.`);
        }
        yield bytes;
      }
    },
  };
}

function attributesOf(frame: DecodedFrame, header: DataSet): DataSet {
  const us = (value: number): Attribute => ({ vr: 'US', Value: [value] });
  return {
    '00280002': us(frame.samplesPerPixel),
    '00280004': { vr: 'CS', Value: [frame.photometricInterpretation] },
    ...(frame.samplesPerPixel > 1 ? { '00280006': us(0) } : {}),
    '00280010': us(frame.rows),
    '00280011': us(frame.columns),
    '00280100': us(frame.bitsAllocated),
    '00280101': us(frame.bitsStored),
    '00280102': us(frame.bitsStored - 1),
    '00280103': us(frame.signed ? 1 : 0),
    [PIXEL_DATA]: header[PIXEL_DATA] ?? { vr: 'OW' },
  };
}

function pixelElement(vr: Vr, length: number): Uint8Array {
  const padded = length + (length % 2);
  if (padded > MAX_VALUE_BYTES) {
    throw new ArchiveError(
      'not-acceptable',
      'Uncompressed, the pixels are longer than one value can be. Ask for them frame by frame.',
    );
  }
  const element = new Uint8Array(12);
  const view = new DataView(element.buffer);
  view.setUint16(0, 0x7fe0, true);
  view.setUint16(2, 0x0010, true);
  element.set(new TextEncoder().encode(vr), 4);
  view.setUint32(8, padded, true);
  return element;
}
