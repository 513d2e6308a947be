import { failureText } from '../api/failure.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { ImagingError, type ImagingFault } from '../imaging/errors.ts';

const WORDS: Readonly<Record<ImagingFault, TextKey>> = {
  'signed-out': 'reading.faultSignedOut',
  forbidden: 'reading.faultForbidden',
  'not-found': 'reading.faultNotFound',
  busy: 'reading.faultBusy',
  unreachable: 'reading.faultUnreachable',
  server: 'reading.faultServer',
  undecodable: 'reading.faultUndecodable',
  undrawable: 'mpr.noGraphics',
};

/** What happened to an image and what to do, in words. */
export function faultText(error: unknown): string {
  return error instanceof ImagingError ? t(WORDS[error.code]) : failureText(error);
}

/** A retry can help: the data is there, or may come. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ImagingError) || !['undecodable', 'undrawable', 'forbidden'].includes(error.code);
}
