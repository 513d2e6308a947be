import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isDecodable,
  widerSyntaxes,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding } from '../../core/ports.ts';

/** Little endian, as all that is made here. */
const UNCOMPRESSED: ReadonlySet<string> = new Set([
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
]);

/** Transfer syntaxes instances can be compressed in. Lossless JPEG is made with selection value 1, which process 14 allows, too. */
const LOSSLESS: Readonly<Record<string, LosslessCoding>> = {
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.57': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.201': 'htj2k',
};

/** How an instance comes to a transfer syntax: as it is, with its bytes under another name, or made anew with native or coded frames. */
export type TransferForm = 'stored' | 'renamed' | 'native' | LosslessCoding;

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
  return UNCOMPRESSED.has(wanted) ? 'native' : LOSSLESS[wanted];
}

/**
 * The first of the transfer syntaxes asked for, `*` being the stored one, that an instance can be had in; the stored one before all.
 * @throws ArchiveError `not-acceptable`
 */
export function chooseSyntax(stored: string, asked: readonly string[]): string {
  if (asked.includes('*') || asked.includes(stored)) {
    return stored;
  }
  const found = asked.find((wanted) => transferForm(stored, wanted) !== undefined);
  if (found === undefined) {
    const others = [...UNCOMPRESSED, ...Object.keys(LOSSLESS)].filter((wanted) => transferForm(stored, wanted) !== undefined);
    const also = others.length === 0 ? 'only in that' : `also in ${others.join(', ')}`;
    throw new ArchiveError('not-acceptable', `An instance is stored in ${stored} and can be had ${also}.`);
  }
  return found;
}
