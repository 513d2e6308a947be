import { DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';

/** Transfer syntaxes that images can be sent in, none of which loses anything, by the names a document calls them. */
const SYNTAXES: Readonly<Record<string, string>> = {
  'explicit-vr-little-endian': EXPLICIT_VR_LITTLE_ENDIAN,
  'implicit-vr-little-endian': IMPLICIT_VR_LITTLE_ENDIAN,
  deflated: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  rle: '1.2.840.10008.1.2.5',
  'jpeg-lossless': '1.2.840.10008.1.2.4.70',
  'jpeg-ls-lossless': '1.2.840.10008.1.2.4.80',
  'jpeg-2000-lossless': '1.2.840.10008.1.2.4.90',
  'htj2k-lossless': '1.2.840.10008.1.2.4.201',
};

export const SYNTAX_NAMES: readonly string[] = Object.keys(SYNTAXES);

/** The UID of a name or of itself. */
export function parseSyntax(text: string): string | undefined {
  return SYNTAXES[text.toLowerCase()] ?? Object.values(SYNTAXES).find((uid) => uid === text);
}

export function syntaxName(transferSyntaxUid: string): string {
  return SYNTAX_NAMES.find((name) => SYNTAXES[name] === transferSyntaxUid) ?? transferSyntaxUid;
}
