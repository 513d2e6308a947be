import { findSopClass } from '@filmless/dicom';
import { t } from '../i18n/index.ts';

/** Roots of SOP class UIDs whose objects have no picture, with words a doctor knows. PS3.4 B.5. */
const KINDS: readonly (readonly [root: string, key: 'kindSr' | 'kindPdf' | 'kindKo' | 'kindPr' | 'kindRt' | 'kindWave'])[] = [
  ['1.2.840.10008.5.1.4.1.1.88.59', 'kindKo'],
  ['1.2.840.10008.5.1.4.1.1.88.', 'kindSr'],
  ['1.2.840.10008.5.1.4.1.1.104.1', 'kindPdf'],
  ['1.2.840.10008.5.1.4.1.1.11.', 'kindPr'],
  ['1.2.840.10008.5.1.4.1.1.481.', 'kindRt'],
  ['1.2.840.10008.5.1.4.1.1.9.', 'kindWave'],
];

/** What an object is, in words. */
export function objectKind(sopClassUid: string): string {
  const known = KINDS.find(([root]) => sopClassUid.startsWith(root));
  if (known !== undefined) {
    return t(`reading.${known[1]}`);
  }
  const name = findSopClass(sopClassUid)?.name;
  return name === undefined ? t('reading.kindOther') : t('reading.kindNamed', { name });
}
