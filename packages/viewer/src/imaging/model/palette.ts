import { binary, type DataSet, numbers, TAG, type TagKey } from '@filmless/dicom';
import { tableValues } from './lookup-table.ts';

/** A colour palette brought to 8 bits a channel. PS3.3 C.7.9. */
export interface Palette {
  /** Stored value of the first entry. */
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

const CHANNELS: readonly { readonly descriptor: TagKey; readonly data: TagKey; readonly segmented: TagKey }[] = [
  {
    descriptor: TAG.RedPaletteColorLookupTableDescriptor,
    data: TAG.RedPaletteColorLookupTableData,
    segmented: TAG.SegmentedRedPaletteColorLookupTableData,
  },
  {
    descriptor: TAG.GreenPaletteColorLookupTableDescriptor,
    data: TAG.GreenPaletteColorLookupTableData,
    segmented: TAG.SegmentedGreenPaletteColorLookupTableData,
  },
  {
    descriptor: TAG.BluePaletteColorLookupTableDescriptor,
    data: TAG.BluePaletteColorLookupTableData,
    segmented: TAG.SegmentedBluePaletteColorLookupTableData,
  },
];

/** The palette of an image, or undefined where a channel is missing or given by reference only. */
export function paletteOf(dataSet: DataSet): Palette | undefined {
  const [red, green, blue] = CHANNELS.map((channel) => channelOf(dataSet, channel));
  if (red === undefined || green === undefined || blue === undefined) {
    return undefined;
  }
  const bits = numbers(dataSet, TAG.RedPaletteColorLookupTableDescriptor)[2] ?? 16;
  // Some writers say 16 bits and store 8: the greatest entry of all three gives them away; one channel alone may be dark.
  const wide = bits > 8 && [red, green, blue].some((channel) => channel.some((value) => value > 255));
  const first = numbers(dataSet, TAG.RedPaletteColorLookupTableDescriptor)[1] ?? 0;
  return {
    first: first > 0x7fff ? first - 0x10000 : first,
    red: narrow(red, wide),
    green: narrow(green, wide),
    blue: narrow(blue, wide),
  };
}

function channelOf(dataSet: DataSet, tags: (typeof CHANNELS)[number]): Uint16Array | undefined {
  const [length] = numbers(dataSet, tags.descriptor);
  if (length === undefined) {
    return undefined;
  }
  const entries = length === 0 ? 65_536 : length;
  if (dataSet[tags.segmented] !== undefined) {
    return unfold(tableValues(dataSet, tags.segmented, 16), entries);
  }
  const bytes = binary(dataSet, tags.data);
  // NOTE: 8-bit tables are written packed into words; a file that pads every entry to a word has twice the bytes.
  const values =
    bytes !== undefined && bytes.length < entries * 2
      ? Uint16Array.from(bytes.subarray(0, entries))
      : tableValues(dataSet, tags.data, 16);
  return values.length === 0 ? undefined : values.subarray(0, entries);
}

function narrow(values: Uint16Array, wide: boolean): Uint8Array {
  return Uint8Array.from(values, (value) => (wide ? value >> 8 : value & 0xff));
}

/** Segmented tables: discrete, linear and indirect segments. PS3.3 C.7.9.2. */
function unfold(segments: Uint16Array, entries: number): Uint16Array {
  const out = new Uint16Array(Math.min(entries, 65_536));
  let at = 0;
  const walk = (start: number, end: number, limit: number): void => {
    let index = start;
    for (let done = 0; index + 1 < end && done < limit && at < out.length; done += 1) {
      const [code = 0, length = 0] = [segments[index], segments[index + 1]];
      index += 2;
      if (code === 0) {
        for (let step = 0; step < length && at < out.length; step += 1) {
          out[at++] = segments[index + step] ?? 0;
        }
        index += length;
      } else if (code === 1) {
        const from = out[at - 1] ?? 0;
        const to = segments[index] ?? 0;
        for (let step = 1; step <= length && at < out.length; step += 1) {
          out[at++] = Math.round(from + ((to - from) * step) / length);
        }
        index += 1;
      } else {
        const offset = (segments[index] ?? 0) + (segments[index + 1] ?? 0) * 65_536;
        index += 2;
        if (start === 0) {
          walk(offset, segments.length, length);
        }
      }
    }
  };
  walk(0, segments.length, Number.POSITIVE_INFINITY);
  return out;
}
