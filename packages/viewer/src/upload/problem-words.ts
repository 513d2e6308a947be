import { failureText } from '../api/failure.ts';
import { type TextKey, t } from '../i18n/index.ts';
import type { FileOutcome } from './send.ts';
import type { UploadProblem } from './uploads.ts';

/** Why a file is not in the archive, in words. */
export function problemWords(problem: UploadProblem): string {
  if (problem.kind === 'skipped') {
    return t(`upload.why_${problem.why}`);
  }
  return outcomeWords(problem.outcome);
}

/** Why the server did not take a file, in words. */
export function outcomeWords(outcome: FileOutcome): string {
  return 'error' in outcome ? failureText(outcome.error) : reasonWords(outcome.reason);
}

/** Failure reasons of PS3.18 table I.2-2: the first that fits; the last digits of some ranges are free. */
const REASONS: readonly (readonly [(reason: number) => boolean, TextKey])[] = [
  [(reason) => reason === 0x0124, 'upload.reason_forbidden'],
  [(reason) => reason === 0x0122 || reason === 0xc001, 'upload.reason_class'],
  [(reason) => reason === 0xc122, 'upload.reason_syntax'],
  [(reason) => reason === 0xa702, 'upload.reason_too-large'],
  [(reason) => reason >> 8 === 0xa7, 'upload.reason_resources'],
  [(reason) => reason >> 8 === 0xa9, 'upload.reason_mismatch'],
  [(reason) => reason >> 12 === 0xc, 'upload.reason_broken'],
];

function reasonWords(reason: number): string {
  const key = REASONS.find(([fits]) => fits(reason))?.[1] ?? 'upload.reason_other';
  return t(key, { code: `${reason.toString(16).toUpperCase().padStart(4, '0')}H` });
}
