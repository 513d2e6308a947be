import { t } from '../i18n/index.ts';
import { ApiError } from './client.ts';
import { UnreadableAnswer } from './json.ts';
import { serverWords } from './server-words.ts';

/** What went wrong in words, and what to do about it. */
export function failureText(error: unknown): string {
  if (error instanceof ApiError) {
    return statusText(error);
  }
  if (error instanceof UnreadableAnswer) {
    return t('failure.unreadable', { detail: error.message });
  }
  return t('failure.server', { detail: error instanceof Error ? error.message : String(error) });
}

/** True for the abort of a request that nobody waits for any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function waitText(seconds: number): string {
  return seconds < 90 ? t('account.seconds', { count: seconds }) : t('account.minutes', { count: Math.ceil(seconds / 60) });
}

function statusText({ status, detail, retryAfter }: ApiError): string {
  switch (status) {
    case 0:
      return t('failure.offline');
    case 401:
      return t('failure.unauthorized');
    case 403:
      return t('failure.forbidden');
    case 404:
    case 410:
      return t('failure.notFound');
    case 408:
    case 504:
      return t('failure.timeout');
    case 409:
      return serverWords(detail) ?? t('failure.conflict', { detail });
    case 429:
      return t('failure.tooMany', { time: waitText(retryAfter ?? 60) });
    case 507:
      return t('failure.full');
    default:
      return status < 500 ? (serverWords(detail) ?? t('failure.invalid', { detail })) : t('failure.server', { detail });
  }
}
