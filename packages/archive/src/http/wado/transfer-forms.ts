import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isDecodable,
  widerSyntaxes,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding, LossyCoding, TargetCoding } from '../../core/ports.ts';

const UNCOMPRESSED: ReadonlySet<string> = new Set([
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
]);

/** Transfer syntaxes frames can be coded in. Lossless JPEG is made with selection value 1, which process 14 allows, too. */
const LOSSLESS: Readonly<Record<string, LosslessCoding>> = {
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.57': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.201': 'htj2k',
  '1.2.840.10008.1.2.4.202': 'htj2k-rpcl',
  '1.2.840.10008.1.2.8.1': 'deflated-frame',
  '1.2.840.10008.1.2.1.98': 'encapsulated-native',
};

/** Those whose point is to be smaller than without loss is possible. */
const LOSSY: Readonly<Record<string, LossyCoding>> = {
  '1.2.840.10008.1.2.4.50': 'jpeg-baseline',
  '1.2.840.10008.1.2.4.51': 'jpeg-extended',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls-near',
  '1.2.840.10008.1.2.4.91': 'jpeg-2000-lossy',
  '1.2.840.10008.1.2.4.203': 'htj2k-lossy',
};

const CODINGS: ReadonlyMap<string, LosslessCoding | LossyCoding> = new Map(Object.entries({ ...LOSSLESS, ...LOSSY }));

/** Whether what is made in a transfer syntax is less than what is stored, and so another instance. PS3.3 C.7.6.1.1.5. */
export function losesInformation(form: TransferForm): form is LossyCoding {
  return Object.values<string>(LOSSY).includes(form);
}

/** How an instance comes to a transfer syntax: as it is, with its bytes under another name, or made anew with native or coded frames. */
export type TransferForm = 'stored' | 'renamed' | TargetCoding;

/** How what is stored in one transfer syntax can be had in another; undefined where it cannot. */
export function transferForm(stored: string, wanted: string): TransferForm | undefined {
  if (stored === wanted) {
    return 'stored';
  }
  if (widerSyntaxes(stored).includes(wanted)) {
    return 'renamed';
  }
  const syntax = findTransferSyntax(stored);
  if (syntax === undefined || !isDecodable(syntax)) {
    return undefined;
  }
  return UNCOMPRESSED.has(wanted) ? 'native' : CODINGS.get(wanted);
}

/**
 * The first of the transfer syntaxes asked for, `*` being the stored one, that an instance can be had in: the stored one before all, and
 * those that lose something only where nothing else is taken.
 * @throws ArchiveError `not-acceptable`
 */
export function chooseSyntax(stored: string, asked: readonly string[]): string {
  if (asked.includes('*') || asked.includes(stored)) {
    return stored;
  }
  const possible = asked.filter((wanted) => transferForm(stored, wanted) !== undefined);
  const found = possible.find((wanted) => LOSSY[wanted] === undefined || widerSyntaxes(stored).includes(wanted)) ?? possible[0];
  if (found === undefined) {
    const others = [...UNCOMPRESSED, ...CODINGS.keys()].filter((wanted) => {
      const form = transferForm(stored, wanted);
      return form !== undefined && form !== 'stored';
    });
    const also = others.length === 0 ? 'only in that' : `also in ${others.join(', ')}`;
    throw new ArchiveError('not-acceptable', `An instance is stored in ${stored} and can be had ${also}.`);
  }
  return found;
}
