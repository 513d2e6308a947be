import { type Interpolation, interpolation } from '../image/interpolation.ts';
import { DctImage } from './dct-image.ts';
import { bad, type JpegHeader, nextSegment, readJpegHeader, readScanHeader } from './headers.ts';
import { decodeLosslessScan } from './lossless.ts';
import { newTables, readTables } from './tables.ts';
import { copyPlane, stretchPlane } from './upsample.ts';

/** A stream with less than this part of its data is not shown as an image. */
const LEAST_COMPLETE = 0.5;

/** The components of a JPEG as they were coded: no colour transform, interleaved, full resolution. */
export interface JpegImage {
  readonly header: JpegHeader;
  readonly samples: Uint16Array;
}

/**
 * Decodes every Huffman-coded, non-hierarchical JPEG: baseline, extended (8 and 12 bit), spectral selection and full
 * progression, lossless with all predictors. The caller has checked the measures the header names. PS3.5 8.2.1, T.81.
 */
export function decodeJpeg(bytes: Uint8Array): JpegImage {
  const header = readJpegHeader(bytes);
  if (header === undefined || header.jpegLs) {
    throw bad('the frame is not a JPEG image');
  }
  const { process, precision } = header;
  if (process === 'lossless' ? precision < 2 || precision > 16 : precision !== 8 && precision !== 12) {
    throw bad(`${precision} bits a sample in a ${process} process`);
  }
  return process === 'lossless' ? decodeLossless(bytes, header) : decodeDct(bytes, header);
}

function decodeLossless(bytes: Uint8Array, header: JpegHeader): JpegImage {
  if (header.components.some(({ h, v }) => h !== header.components[0]?.h || v !== header.components[0]?.v)) {
    throw bad('subsampled components in a lossless process');
  }
  checkLength(bytes, header.rows * header.columns * header.components.length);
  const samples = new Uint16Array(header.rows * header.columns * header.components.length);
  let decoded = 0;
  walkScans(bytes, header, (scan, start, tables) => {
    const result = decodeLosslessScan(bytes, start, header, scan, tables, samples);
    decoded += result.decoded * scan.components.length;
    return result.next;
  });
  if (decoded < samples.length * LEAST_COMPLETE) {
    throw bad('the data ends before half of the image');
  }
  return { header, samples };
}

function decodeDct(bytes: Uint8Array, header: JpegHeader): JpegImage {
  checkLength(bytes, Math.ceil(header.rows / LARGEST_UNIT) * Math.ceil(header.columns / LARGEST_UNIT));
  const image = new DctImage(header);
  let complete = 0;
  walkScans(bytes, header, (scan, start, tables) => {
    const result = image.decodeScan(bytes, start, scan, tables);
    complete = Math.max(complete, result.complete);
    return result.next;
  });
  if (complete < LEAST_COMPLETE) {
    throw bad('the data ends before half of the image');
  }
  return { header, samples: interleave(image, header) };
}

/** Rows and columns of a unit at the most: blocks of 8x8, four across and down where colours are subsampled. T.81 A.2.3. */
export const LARGEST_UNIT = 32;

/** Every coded unit, a sample or a block, has one bit at least: where half of them cannot be there, no memory is taken. */
export function checkLength(bytes: Uint8Array, units: number): void {
  if (bytes.length * 8 < units * LEAST_COMPLETE) {
    throw bad('the data ends before half of the image');
  }
}

type ScanReader = (scan: ReturnType<typeof readScanHeader>, start: number, tables: ReturnType<typeof newTables>) => number;

/** Greatest number of scans in one image; a hostile stream could hold millions of empty ones. */
const MOST_SCANS = 256;

/** Reads tables and scans in their order; `read` gives where the segment behind its scan begins. */
export function walkScans(bytes: Uint8Array, header: JpegHeader, read: ScanReader): void {
  const tables = newTables();
  let scans = 0;
  let at = 2;
  for (let segment = nextSegment(bytes, at); segment !== undefined; segment = nextSegment(bytes, at)) {
    at = segment.next;
    if (segment.marker === 0xda) {
      scans += 1;
      if (scans > MOST_SCANS) {
        throw bad(`more than ${MOST_SCANS} scans`);
      }
      at = read(readScanHeader(segment.body, header), segment.next, tables);
    } else {
      readTables(tables, segment.marker, segment.body);
    }
  }
}

/** Brings every component to full resolution and puts the samples of a pixel side by side. */
function interleave(image: DctImage, header: JpegHeader): Uint16Array {
  const { rows, columns, components } = header;
  const stride = components.length;
  const hMost = Math.max(...components.map(({ h }) => h));
  const vMost = Math.max(...components.map(({ v }) => v));
  const out = new Uint16Array(rows * columns * stride);
  components.forEach(({ h, v }, index) => {
    const plane = image.plane(index);
    const target = { out, offset: index, stride };
    if (h === hMost && v === vMost) {
      copyPlane(plane, rows, columns, target);
    } else {
      stretchPlane(plane, along(columns, h, hMost), along(rows, v, vMost), target);
    }
  });
  return out;
}

function along(length: number, factor: number, most: number): Interpolation {
  return interpolation(length, Math.ceil((length * factor) / most), factor / most);
}
