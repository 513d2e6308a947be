import { binary, type DataSet, firstText, items, numbers, TAG, type TagKey } from '@filmless/dicom';

/** A modality or VOI lookup table. PS3.3 C.11.1 and C.11.2. */
export interface LookupTable {
  /** First input value that the first entry stands for. */
  readonly first: number;
  readonly bits: number;
  readonly values: ArrayLike<number>;
  readonly explanation: string | undefined;
}

/** The tables of a Modality or VOI LUT sequence that are whole; a table given by reference only is left out. */
export function lookupTables(dataSet: DataSet, sequence: TagKey, signed: boolean): readonly LookupTable[] {
  return items(dataSet, sequence).flatMap((item) => {
    const [length, first, bits] = numbers(item, TAG.LUTDescriptor);
    const entries = length === 0 ? 65_536 : (length ?? 0);
    const values = tableValues(item, TAG.LUTData, bits ?? 16, entries);
    if (length === undefined || first === undefined || values.length === 0) {
      return [];
    }
    // NOTE: a descriptor written as US carries a negative first value of signed pixels as two's complement.
    const start = signed && first > 0x7fff ? first - 0x10000 : first;
    return [
      { first: start, bits: bits ?? 16, values: values.slice(0, entries), explanation: firstText(item, TAG.LUTExplanation) },
    ];
  });
}

/**
 * The entries of a table kept as numbers (US) or as bytes (OW, little endian as DICOM JSON has them). PS3.18 F.2.7. Those of 8
 * bits may be packed two to a word: there are then too few bytes for `entries` words. PS3.3 C.11.1.1.1.
 */
export function tableValues(item: DataSet, tag: TagKey, bits: number, entries = 0): Uint16Array {
  const bytes = binary(item, tag);
  if (bytes === undefined) {
    return Uint16Array.from(numbers(item, tag));
  }
  if (bits <= 8 && (bytes.length % 2 === 1 || bytes.length < entries * 2)) {
    return Uint16Array.from(bytes);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, index) => view.getUint16(index * 2, true));
}

/** The entry for an input value; beyond the ends the first or last entry holds. PS3.3 C.11.1.1.1. */
export function lookUp(table: LookupTable, value: number): number {
  const index = Math.min(Math.max(Math.round(value) - table.first, 0), table.values.length - 1);
  return table.values[index] ?? 0;
}
