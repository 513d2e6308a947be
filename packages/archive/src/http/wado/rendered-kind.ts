import { type DataSet, firstText, items, TAG, transferSyntax } from '@filmless/dicom';
import type { InstanceHeader } from '../../core/model.ts';

/** What an instance is to somebody who wants to look at it. PS3.18 8.7.2. */
export type RenderedKind =
  | { readonly kind: 'image' }
  | { readonly kind: 'video'; readonly mediaType: string }
  | { readonly kind: 'document'; readonly mediaType: string }
  | { readonly kind: 'report' }
  | { readonly kind: 'state' }
  | { readonly kind: 'other' };

/** The first presentation states of PS3.3 A.33: gray, colour, pseudo-colour. */
const STATES: ReadonlySet<string> = new Set(['1', '2', '3'].map((last) => `1.2.840.10008.5.1.4.1.1.11.${last}`));

const MPEG2 = /^1\.2\.840\.10008\.1\.2\.4\.10[01](\.1)?$/;

export function kindOf({ header, transferSyntaxUid, sopClassUid, frames }: InstanceHeader): RenderedKind {
  if (transferSyntax(transferSyntaxUid).coding === 'mpeg') {
    return { kind: 'video', mediaType: MPEG2.test(transferSyntaxUid) ? 'video/mpeg' : 'video/mp4' };
  }
  if (frames.count > 0) {
    return { kind: 'image' };
  }
  if (header[TAG.EncapsulatedDocument] !== undefined) {
    return { kind: 'document', mediaType: documentType(header) };
  }
  if (STATES.has(sopClassUid)) {
    return { kind: 'state' };
  }
  return { kind: items(header, TAG.ContentSequence).length > 0 ? 'report' : 'other' };
}

/** PS3.3 C.24.2. */
function documentType(header: DataSet): string {
  const said = firstText(header, TAG.MIMETypeOfEncapsulatedDocument)?.trim().toLowerCase() ?? '';
  return /^[a-z]+\/[a-z0-9.+-]{1,60}$/.test(said) ? said : 'application/octet-stream';
}

/** What a picture says that stands for something that is none. */
export function labelOf(instance: InstanceHeader): readonly string[] {
  const kind = kindOf(instance);
  const modality = firstText(instance.header, TAG.Modality)?.trim().slice(0, 16) ?? '';
  switch (kind.kind) {
    case 'video':
      return ['▶', 'VIDEO'];
    case 'document':
      return [
        kind.mediaType
          .replace(/^.*[/+.]/, '')
          .toUpperCase()
          .slice(0, 16),
      ];
    default:
      return [modality === '' ? 'DICOM' : modality];
  }
}
