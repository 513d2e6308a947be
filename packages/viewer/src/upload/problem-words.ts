import { failureText } from '../api/failure.ts';
import { t } from '../i18n/index.ts';
import type { UploadProblem } from './uploads.ts';

/** Why a file is not in the archive, in words. */
export function problemWords(problem: UploadProblem): string {
  if (problem.kind === 'skipped') {
    return t(`upload.why_${problem.why}`);
  }
  return 'error' in problem.outcome ? failureText(problem.outcome.error) : reasonWords(problem.outcome.reason);
}

/** Failure reasons of PS3.18 table I.2-2; the last digits of some ranges are free. */
function reasonWords(reason: number): string {
  switch (true) {
    case reason === 0x0124:
      return t('upload.reason_forbidden');
    case reason === 0x0122 || reason === 0xc001:
      return t('upload.reason_class');
    case reason === 0xc122:
      return t('upload.reason_syntax');
    case reason === 0xa702:
      return t('upload.reason_too-large');
    case reason >> 8 === 0xa7:
      return t('upload.reason_resources');
    case reason >> 8 === 0xa9:
      return t('upload.reason_mismatch');
    case reason >> 12 === 0xc:
      return t('upload.reason_broken');
    default:
      return t('upload.reason_other', { code: `${reason.toString(16).toUpperCase().padStart(4, '0')}H` });
  }
}
