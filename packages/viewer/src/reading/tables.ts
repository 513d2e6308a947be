import { type Attribute, type DataSet, items, type MutableDataSet, TAG, type TagKey } from '@filmless/dicom';

/** Lookup tables that a picture cannot be drawn without; everything else outside the header stays there. */
const TABLES: readonly TagKey[] = [
  TAG.RedPaletteColorLookupTableData,
  TAG.GreenPaletteColorLookupTableData,
  TAG.BluePaletteColorLookupTableData,
  TAG.SegmentedRedPaletteColorLookupTableData,
  TAG.SegmentedGreenPaletteColorLookupTableData,
  TAG.SegmentedBluePaletteColorLookupTableData,
  TAG.LUTData,
];

const SEQUENCES: readonly TagKey[] = [TAG.ModalityLUTSequence, TAG.VOILUTSequence];

/** The header with its lookup tables in it. `fetchBulk` is asked only for tables that are kept outside. */
export async function withTables(dataSet: DataSet, fetchBulk: (uri: string) => Promise<Uint8Array>): Promise<DataSet> {
  const changed: MutableDataSet = {};
  for (const tag of TABLES) {
    const uri = dataSet[tag]?.BulkDataURI;
    if (uri !== undefined) {
      changed[tag] = { vr: 'OW', InlineBinary: base64(await fetchBulk(uri)) } satisfies Attribute;
    }
  }
  for (const tag of SEQUENCES) {
    const entries = items(dataSet, tag);
    if (entries.some((item) => item[TAG.LUTData]?.BulkDataURI !== undefined)) {
      changed[tag] = { vr: 'SQ', Value: await Promise.all(entries.map((item) => withTables(item, fetchBulk))) };
    }
  }
  return Object.keys(changed).length === 0 ? dataSet : { ...dataSet, ...changed };
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}
