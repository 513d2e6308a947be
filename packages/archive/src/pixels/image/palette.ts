import { type DataSet, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { type BulkReader, type LutDescriptor, readDescriptor, readTable, readWords, wordsOf } from './lookup-table.ts';

/** Red, green and blue of each stored value, 8 bits each. PS3.3 C.7.6.3.1.5. */
export interface Palette {
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

interface Channel {
  readonly first: number;
  readonly values: Uint8Array;
}

const CHANNELS = [
  [TAG.RedPaletteColorLookupTableDescriptor, TAG.RedPaletteColorLookupTableData, TAG.SegmentedRedPaletteColorLookupTableData],
  [
    TAG.GreenPaletteColorLookupTableDescriptor,
    TAG.GreenPaletteColorLookupTableData,
    TAG.SegmentedGreenPaletteColorLookupTableData,
  ],
  [TAG.BluePaletteColorLookupTableDescriptor, TAG.BluePaletteColorLookupTableData, TAG.SegmentedBluePaletteColorLookupTableData],
] as const;

/** @throws ArchiveError `cannot-decode` when a table is missing */
export async function readPalette(header: DataSet, signed: boolean, bulk: BulkReader | undefined): Promise<Palette> {
  const [red, green, blue] = await Promise.all(
    CHANNELS.map(async ([descriptor, data, segmented]): Promise<Channel> => {
      const table = await readTable(header, descriptor, data, signed, bulk);
      if (table !== undefined) {
        return { first: table.first, values: toBytes(table.values, table.bits) };
      }
      const described = readDescriptor(header, descriptor, signed);
      if (described === undefined || header[segmented] === undefined) {
        throw new ArchiveError('cannot-decode', 'PALETTE COLOR without its lookup tables');
      }
      const words = await readWords(header[segmented], bulk);
      return { first: described.first, values: toBytes(expandSegments(words, described), described.bits) };
    }),
  );
  if (red === undefined || green === undefined || blue === undefined) {
    throw new ArchiveError('cannot-decode', 'PALETTE COLOR without its lookup tables');
  }
  return { first: red.first, red: red.values, green: green.values, blue: blue.values };
}

/** 16-bit entries keep their upper byte, unless none uses it: some machines write 8-bit values under a 16-bit descriptor. */
function toBytes(values: Uint16Array, bits: number): Uint8Array {
  const wide = bits > 8 && values.some((value) => value > 255);
  return Uint8Array.from(values, (value) => (wide ? value >> 8 : value));
}

/** Discrete, linear and indirect segments to entries. PS3.3 C.7.9.2. */
export function expandSegments(data: Uint8Array | Uint16Array, { entries, bits }: LutDescriptor): Uint16Array {
  const words = data instanceof Uint16Array || bits <= 8 ? data : wordsOf(data);
  const out = new Uint16Array(entries);
  let filled = 0;
  const put = (value: number): void => {
    if (filled < entries) {
      out[filled] = value;
      filled += 1;
    }
  };
  const segment = (at: number, indirect: boolean): number => {
    const operation = words[at] ?? 0;
    const length = words[at + 1] ?? 0;
    if (operation === 0) {
      words.subarray(at + 2, at + 2 + length).forEach(put);
      return at + 2 + length;
    }
    if (operation === 1) {
      const from = out[filled - 1] ?? 0;
      const to = words[at + 2] ?? 0;
      for (let i = 1; i <= length && filled < entries; i += 1) {
        put(Math.round(from + ((to - from) * i) / length));
      }
      return at + 3;
    }
    if (operation === 2 && !indirect) {
      const low = words[at + 2] ?? 0;
      const high = words[at + 3] ?? 0;
      let from = bits <= 8 ? low | (high << 8) | ((words[at + 4] ?? 0) << 16) : low | (high << 16);
      for (let i = 0; i < length && filled < entries; i += 1) {
        from = segment(from, true);
      }
      return at + (bits <= 8 ? 6 : 4);
    }
    throw new ArchiveError('cannot-decode', `a segmented palette with segment type ${operation}`);
  };
  for (let at = 0; at + 2 < words.length && filled < entries; ) {
    at = segment(at, false);
  }
  return out;
}
