import { createHash } from 'node:crypto';
import { type DataSet, firstText, items, TAG, texts } from '@filmless/dicom';
import type { InstanceHeader } from '../../core/model.ts';
import type { LossyCoding } from '../../core/ports.ts';

export interface DerivedInstance {
  readonly sopInstanceUid: string;
  /** In place of the source's. */
  readonly attributes: DataSet;
}

/** Lossy Image Compression Method. PS3.3 C.7.6.1.1.5.1. */
const METHODS: Readonly<Record<LossyCoding, string>> = {
  'jpeg-baseline': 'ISO_10918_1',
  'jpeg-extended': 'ISO_10918_1',
  'jpeg-ls-near': 'ISO_14495_1',
  'jpeg-2000-lossy': 'ISO_15444_1',
  'htj2k-lossy': 'ISO_15444_15',
};

const IMAGE_TYPE = '00080008';
const DERIVATION_DESCRIPTION = '00082111';
const SOURCE_IMAGES = '00082112';
const DERIVATION_CODES = '00089215';
const PURPOSE = '0040A170';
const LOSSY = '00282110';
const RATIO = '00282112';
const METHOD = '00282114';

/**
 * What is said of an instance that was made of another with loss: it is another one, under a UID of its own, which is the same each time,
 * and names its source. PS3.3 C.7.6.1.1.2, C.7.6.1.1.5, C.12.4.1.
 */
export function derivedFrom(
  instance: InstanceHeader,
  transferSyntaxUid: string,
  coding: LossyCoding,
  ratio: number,
): DerivedInstance {
  const { header, sopClassUid, sopInstanceUid: source } = instance;
  const sopInstanceUid = derivedUid(source, transferSyntaxUid, instance.sha256);
  const [, ...imageType] = texts(header, IMAGE_TYPE);
  const description = `Compressed with loss in ${transferSyntaxUid}`;
  const reference: DataSet = {
    [TAG.ReferencedSOPClassUID]: { vr: 'UI', Value: [sopClassUid] },
    [TAG.ReferencedSOPInstanceUID]: { vr: 'UI', Value: [source] },
    [PURPOSE]: { vr: 'SQ', Value: [code('121320', 'Uncompressed predecessor')] },
  };
  const methods = texts(header, METHOD);
  const ratios = texts(header, RATIO);
  return {
    sopInstanceUid,
    attributes: {
      [IMAGE_TYPE]: { vr: 'CS', Value: ['DERIVED', ...(imageType.length === 0 ? ['PRIMARY'] : imageType)] },
      [TAG.SOPInstanceUID]: { vr: 'UI', Value: [sopInstanceUid] },
      [DERIVATION_DESCRIPTION]: { vr: 'ST', Value: [firstText(header, DERIVATION_DESCRIPTION)?.slice(0, 900) ?? description] },
      [SOURCE_IMAGES]: { vr: 'SQ', Value: [reference] },
      [DERIVATION_CODES]: { vr: 'SQ', Value: [...items(header, DERIVATION_CODES), code('113040', 'Lossy Compression')] },
      [LOSSY]: { vr: 'CS', Value: ['01'] },
      // As many ratios as methods: what was lost before is told first.
      [RATIO]: { vr: 'DS', Value: [...ratios, Number(ratio.toPrecision(4))] },
      [METHOD]: { vr: 'CS', Value: [...methods, METHODS[coding]] },
    },
  };
}

function code(value: string, meaning: string): DataSet {
  return {
    '00080100': { vr: 'SH', Value: [value] },
    '00080102': { vr: 'SH', Value: ['DCM'] },
    '00080104': { vr: 'LO', Value: [meaning] },
  };
}

/** Of 128 bits, as a UUID of version 8. PS3.5 B.2. */
function derivedUid(...of: readonly string[]): string {
  const hash = createHash('sha256').update(of.join('\n')).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${hash.toString('hex')}`)}`;
}
