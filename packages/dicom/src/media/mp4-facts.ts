import { DicomError } from '../errors.ts';
import type { ByteSource } from '../part10/byte-source.ts';

/** What an MP4 file says of its video track. ISO 14496-12, 14496-15. */
export interface Mp4Facts {
  readonly codec: 'h264' | 'h265';
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Milliseconds of a frame, the mean. */
  readonly frameTime: number;
  /** H.264: ten times the level, 42 for 4.2; H.265: thirty times, 153 for 5.1. */
  readonly level: number;
  readonly bitDepth: 8 | 10;
}

/** The index of a film of an hour has less than 2 MB. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const MOST_BOXES = 1_000;

/**
 * Reads the index of an MP4 file, wherever it lies in it.
 * @throws DicomError `invalid-value` for what is none, or has no video as DICOM takes it (PS3.5 8.2.7 to 8.2.13)
 */
export async function readMp4Facts(source: ByteSource): Promise<Mp4Facts> {
  const moov = await readMoov(source);
  for (const track of boxes(moov, 'trak')) {
    const media = inside(track, 'mdia');
    const table = media === undefined ? undefined : inside(media, 'minf', 'stbl');
    const facts = media === undefined || table === undefined ? undefined : factsOf(media, table);
    if (facts !== undefined) {
      return facts;
    }
  }
  throw new DicomError('invalid-value', 'an MP4 file without a track of H.264 or H.265 video');
}

async function readMoov(source: ByteSource): Promise<DataView> {
  for (let at = 0, count = 0; at + 8 <= source.size && count < MOST_BOXES; count += 1) {
    const head = view(await source.read(at, 16));
    const short = head.getUint32(0);
    const length = short === 0 ? source.size - at : short === 1 && head.byteLength === 16 ? Number(head.getBigUint64(8)) : short;
    if (length < 8 || length > source.size - at) {
      break;
    }
    if (head.getUint32(4) === name('moov')) {
      if (length > MAX_INDEX_BYTES) {
        throw new DicomError(
          'limit-exceeded',
          `the index of the MP4 file has ${length} bytes, at most ${MAX_INDEX_BYTES} are read`,
        );
      }
      const skipped = short === 1 ? 16 : 8;
      return view(await source.read(at + skipped, length - skipped));
    }
    at += length;
  }
  throw new DicomError('invalid-value', 'not an MP4 file');
}

function factsOf(media: DataView, table: DataView): Mp4Facts | undefined {
  const [description] = boxes(table, 'stsd');
  const [sizes] = boxes(table, 'stsz');
  const [header] = boxes(media, 'mdhd');
  if (description === undefined || sizes === undefined || header === undefined || description.byteLength < 94) {
    return undefined;
  }
  const format = description.getUint32(12);
  const codec =
    format === name('avc1') || format === name('avc3')
      ? 'h264'
      : format === name('hvc1') || format === name('hev1')
        ? 'h265'
        : undefined;
  const entryEnd = Math.min(8 + description.getUint32(8), description.byteLength);
  // A visual sample entry has 78 bytes before the boxes within it.
  const [setup] = codec === undefined ? [] : boxes(part(description, 94, entryEnd), codec === 'h264' ? 'avcC' : 'hvcC');
  if (codec === undefined || setup === undefined || sizes.byteLength < 12 || setup.byteLength < (codec === 'h264' ? 4 : 18)) {
    return undefined;
  }
  const frames = sizes.getUint32(8);
  const { scale, duration } = timesOf(header);
  return {
    codec,
    columns: description.getUint16(40),
    rows: description.getUint16(42),
    frames,
    frameTime: scale === 0 || frames === 0 ? 0 : Math.round((duration * 1e6) / scale / frames) / 1e3,
    level: setup.getUint8(codec === 'h264' ? 3 : 12),
    bitDepth: codec === 'h265' && (setup.getUint8(17) & 7) > 0 ? 10 : 8,
  };
}

function timesOf(header: DataView): { readonly scale: number; readonly duration: number } {
  const isLong = header.byteLength >= 32 && header.getUint8(0) === 1;
  if (isLong) {
    return { scale: header.getUint32(20), duration: Number(header.getBigUint64(24)) };
  }
  return header.byteLength < 20 ? { scale: 0, duration: 0 } : { scale: header.getUint32(12), duration: header.getUint32(16) };
}

function inside(data: DataView, ...names: readonly string[]): DataView | undefined {
  return names.reduce<DataView | undefined>(
    (at, wanted) => (at === undefined ? undefined : (boxes(at, wanted).next().value ?? undefined)),
    data,
  );
}

/** Contents of the boxes of a name. */
function* boxes(data: DataView, wanted: string): Generator<DataView, undefined> {
  for (let at = 0, count = 0; at + 8 <= data.byteLength && count < MOST_BOXES; count += 1) {
    const length = data.getUint32(at);
    if (length < 8 || length > data.byteLength - at) {
      return;
    }
    if (data.getUint32(at + 4) === name(wanted)) {
      yield part(data, at + 8, at + length);
    }
    at += length;
  }
}

function part(data: DataView, from: number, to: number): DataView {
  return new DataView(data.buffer, data.byteOffset + from, Math.max(0, to - from));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four letters as the number they are. */
function name(letters: string): number {
  return [...letters].reduce((number, letter) => (number * 256 + letter.charCodeAt(0)) >>> 0, 0);
}
