import type { EchoResult } from '../api/aes.ts';
import { ApiError } from '../api/client.ts';
import { failureText } from '../api/failure.ts';
import { type TextKey, t } from '../i18n/index.ts';

/** What the server writes about a failed C-ECHO, and what a person should look at. The first that fits is said. */
const CAUSES: readonly (readonly [RegExp, TextKey])[] = [
  [/ECONNREFUSED|refused the connection/i, 'aes.echo_refused'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/i, 'aes.echo_unreachable'],
  [/ENOTFOUND|EAI_AGAIN/i, 'aes.echo_unknown-host'],
  [/ETIMEDOUT|timed? ?out|did not answer|no answer/i, 'aes.echo_timeout'],
  [/reject|not recogni[sz]ed|refused/i, 'aes.echo_rejected'],
  [/abort|ECONNRESET|closed|protocol/i, 'aes.echo_aborted'],
];

export function echoWords(title: string, { ok, milliseconds, detail }: EchoResult): string {
  if (ok) {
    return t('aes.echoOk', { title, ms: milliseconds });
  }
  const cause = CAUSES.find(([pattern]) => pattern.test(detail))?.[1] ?? 'aes.echo_failed';
  return t(cause, { title, detail });
}

/** A test that could not even begin. */
export function echoProblem(problem: unknown): string {
  return problem instanceof ApiError && problem.status === 400 ? t('aes.echoNoAddress') : failureText(problem);
}
