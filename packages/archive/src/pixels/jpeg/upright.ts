import { readJpegFacts } from '@filmless/dicom';
import { type ComponentPlan, DctImage } from './dct-image.ts';
import { checkLength, LARGEST_UNIT, walkScans } from './decode-jpeg.ts';
import { type CodedComponent, encodeBaseline } from './encode-baseline.ts';
import { bad, type JpegHeader, nextSegment, readJpegHeader } from './headers.ts';

/** How an image is turned: rows and columns of the source backwards, then exchanged. EXIF 2.32 4.6.4 tag 0112. */
interface Turn {
  readonly rowsBack: boolean;
  readonly columnsBack: boolean;
  readonly exchanged: boolean;
}

const turn = (rowsBack: boolean, columnsBack: boolean, exchanged: boolean): Turn => ({ rowsBack, columnsBack, exchanged });
const STILL = turn(false, false, false);
const TURNS: Readonly<Record<number, Turn>> = {
  2: turn(false, true, false),
  3: turn(true, true, false),
  4: turn(true, false, false),
  5: turn(false, false, true),
  6: turn(true, false, true),
  7: turn(true, true, true),
  8: turn(false, true, true),
};

/** JFIF, ICC profile, Adobe: what says how colours are meant. */
const COLOUR_NOTES: ReadonlySet<number> = new Set([0xe0, 0xe2, 0xee]);
const BLOCK = 64;

/**
 * The same image in the baseline process, turned as its EXIF says: its quantised coefficients are moved, so that it loses nothing more.
 * Undefined where that cannot be: more than 8 bits, tables that baseline has not, or an edge within a block that would come to lie on the other side.
 * @throws ArchiveError `cannot-decode`
 */
export function uprightJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const header = readJpegHeader(bytes);
  if (header === undefined || header.process === 'lossless' || header.precision !== 8 || header.components.length > 4) {
    return undefined;
  }
  const how = TURNS[readJpegFacts(bytes).orientation] ?? STILL;
  if (!canTurn(header, how)) {
    return undefined;
  }
  const components = turned(readCoefficients(bytes, header), header, how);
  if (components.some(({ quantization }) => quantization.some((step) => step > 255))) {
    return undefined;
  }
  const { rows, columns } = header;
  const size = how.exchanged ? { rows: columns, columns: rows } : { rows, columns };
  return encodeBaseline({ ...size, components, notes: colourNotes(bytes) });
}

function canTurn({ rows, columns, components }: JpegHeader, { rowsBack, columnsBack }: Turn): boolean {
  const most = (of: 'h' | 'v'): number => 8 * Math.max(...components.map((component) => component[of]));
  return (!rowsBack || rows % most('v') === 0) && (!columnsBack || columns % most('h') === 0);
}

function readCoefficients(bytes: Uint8Array, header: JpegHeader): DctImage {
  checkLength(bytes, Math.ceil(header.rows / LARGEST_UNIT) * Math.ceil(header.columns / LARGEST_UNIT));
  const image = new DctImage(header);
  let complete = 1;
  walkScans(bytes, header, (scan, start, tables) => {
    const result = image.decodeScan(bytes, start, scan, tables);
    complete = Math.min(complete, result.complete);
    return result.next;
  });
  if (complete < 1) {
    throw bad('the image is cut off');
  }
  return image;
}

function turned(image: DctImage, { components }: JpegHeader, how: Turn): readonly CodedComponent[] {
  const alone = components.length === 1;
  return components.map(({ id }, index) => {
    const plan = image.component(index);
    const { quantization, h, v, blocksAcross, blocksDown } = plan;
    if (quantization === undefined) {
      throw bad('a component without its quantization table or scan');
    }
    const { exchanged } = how;
    const [across, down] = exchanged ? [blocksDown, blocksAcross] : [blocksAcross, blocksDown];
    return {
      id,
      // A component alone is not interleaved: its factors say nothing. T.81 A.2.2.
      h: alone ? 1 : exchanged ? v : h,
      v: alone ? 1 : exchanged ? h : v,
      blocksAcross: across,
      blocksDown: down,
      storedAcross: exchanged ? linesOf(plan) : plan.storedAcross,
      coefficients: turnedBlocks(plan, how),
      quantization: exchanged ? exchangedTable(quantization) : quantization,
    };
  });
}

function linesOf({ coefficients, storedAcross }: ComponentPlan): number {
  return coefficients.length / BLOCK / storedAcross;
}

function turnedBlocks(plan: ComponentPlan, { rowsBack, columnsBack, exchanged }: Turn): Int16Array {
  const { coefficients, storedAcross: across } = plan;
  const down = linesOf(plan);
  const places = placesOf({ rowsBack, columnsBack, exchanged });
  const out = new Int16Array(coefficients.length);
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const toRow = rowsBack ? down - 1 - row : row;
      const toColumn = columnsBack ? across - 1 - column : column;
      const target = (exchanged ? toColumn * down + toRow : toRow * across + toColumn) * BLOCK;
      const source = (row * across + column) * BLOCK;
      for (let k = 0; k < BLOCK; k += 1) {
        const { at, sign } = places[k] ?? { at: k, sign: 1 };
        out[target + at] = (coefficients[source + k] ?? 0) * sign;
      }
    }
  }
  return out;
}

/** Where a block's coefficients go: backwards, those of odd frequency change their sign. */
function placesOf({ rowsBack, columnsBack, exchanged }: Turn): readonly { readonly at: number; readonly sign: number }[] {
  return Array.from({ length: BLOCK }, (_, k) => {
    const row = k >> 3;
    const column = k & 7;
    const odd = (rowsBack ? row : 0) + (columnsBack ? column : 0);
    return { at: exchanged ? column * 8 + row : k, sign: odd % 2 === 1 ? -1 : 1 };
  });
}

function exchangedTable(table: Int32Array): Int32Array {
  return Int32Array.from({ length: BLOCK }, (_, k) => table[(k & 7) * 8 + (k >> 3)] ?? 0);
}

function colourNotes(bytes: Uint8Array): readonly Uint8Array[] {
  const notes: Uint8Array[] = [];
  let at = 2;
  for (let segment = nextSegment(bytes, at); segment !== undefined && segment.marker !== 0xda; segment = nextSegment(bytes, at)) {
    at = segment.next;
    if (COLOUR_NOTES.has(segment.marker)) {
      notes.push(bytes.subarray(segment.next - segment.body.byteLength - 4, segment.next));
    }
  }
  return notes;
}
