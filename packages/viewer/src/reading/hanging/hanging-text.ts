import { t } from '../../i18n/index.ts';
import type { HangingOwner } from './hanging.ts';
import type { NamedHanging } from './hangings.ts';

export function ownerText(owner: HangingOwner): string {
  return owner === 'own' ? t('hanging.own') : owner === 'hospital' ? t('hanging.hospital') : t('hanging.product');
}

/** What a protocol is called, and whose it is. */
export function hangingText({ name, owner }: NamedHanging): string {
  return `${name} (${ownerText(owner)})`;
}
