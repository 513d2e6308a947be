import { ArchiveError } from '../core/errors.ts';
import { isUnreachable } from './s3-retry.ts';
import { errorCode, isFull } from './store-error.ts';

/** The store is asked whether it is there; an answer that takes longer is none. */
const PROBE_MS = 2_000;
/** While it is away it is asked so often. */
const PROBE_EVERY_MS = 1_000;
/** A refusal for want of room is told so long, unless something was taken meanwhile. */
const FULL_TOLD_MS = 300_000;

const AWAY = 'the object store does not answer';

/** What the server's words mean for whoever looks after it. */
const WORDS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket of the images is gone from the object store: make it again',
  RequestTimeTooSkewed: 'the object store refuses requests because its clock and that of this server differ: set both by NTP',
  InvalidAccessKeyId: 'the object store does not know the access key: check the setting of the store',
  SignatureDoesNotMatch: 'the object store does not take the secret of the access key: check the setting of the store',
  AccessDenied: 'the object store refuses access to the bucket: check the policy of the access key',
  AllAccessDisabled: 'the object store refuses access to the bucket: check the policy of the access key',
};

/** OpenSSL's and node's words for a certificate that they do not take. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_/;

/**
 * Knows whether the store is there. Once it was found to be away, requests fail at once instead of waiting each for itself,
 * and it is asked every second until it answers: then all goes on.
 */
export class S3Health implements Disposable {
  readonly #probe: () => Promise<unknown>;
  #away = false;
  #asking = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #full: { readonly code: string; readonly at: number } | undefined;

  /** `probe` asks something small. */
  constructor(probe: () => Promise<unknown>) {
    this.#probe = probe;
  }

  /** @throws ArchiveError `store-away` while the store is away */
  check(): void {
    if (this.#away) {
      throw new ArchiveError('store-away', AWAY);
    }
  }

  /** A request failed for good. One alone proves nothing: the store is asked. */
  failed(error: unknown): void {
    if (isFull(error)) {
      this.#full = { code: errorCode(error) ?? '', at: Date.now() };
    }
    if (isUnreachable(error) && !this.#away) {
      void this.#ask();
    }
  }

  /** An object was taken. */
  wrote(): void {
    this.#full = undefined;
  }

  /** In words that anybody may read. */
  async problem(): Promise<string | undefined> {
    if (this.#away) {
      return `${AWAY}: check that it runs and can be reached`;
    }
    try {
      await withinTime(this.#probe());
    } catch (error) {
      return inWords(errorCode(error) ?? 'no connection');
    }
    return this.#full === undefined || Date.now() - this.#full.at > FULL_TOLD_MS
      ? undefined
      : `the object store has no space left (${this.#full.code}): free some, or raise the quota of the bucket`;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#closed = true;
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#closed) {
      return;
    }
    this.#asking = true;
    this.#away = await withinTime(this.#probe()).then(
      () => false,
      // Whoever answers at all is there, and tells each request what is wrong.
      (error: unknown) => isUnreachable(error),
    );
    this.#asking = false;
    if (this.#away && !this.#closed) {
      this.#timer = setTimeout(() => void this.#ask(), PROBE_EVERY_MS).unref();
    }
  }
}

function inWords(code: string): string {
  return (
    WORDS[code] ??
    (UNTRUSTED.test(code)
      ? `the certificate of the object store is not trusted here (${code}): name its authority in NODE_EXTRA_CA_CERTS`
      : `${AWAY} (${code}): check that it runs and can be reached`)
  );
}

async function withinTime(answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })), PROBE_MS);
  });
  try {
    await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
