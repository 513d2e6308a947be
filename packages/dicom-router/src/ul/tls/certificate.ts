import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { canonicalFingerprint } from './fingerprint.ts';

/** A certificate that a peer has shown. */
export interface PeerCertificate {
  /** `CN=CT01, O=…`, in one line. */
  readonly subject: string;
  /** SHA-256, 64 hexadecimal digits in capitals. */
  readonly fingerprint: string;
  /** An authority that is believed here vouches for it. */
  readonly verified: boolean;
  /** Its time has begun and is not over. */
  readonly valid: boolean;
  /** Its time has not begun. */
  readonly early: boolean;
  /** Why it is not verified, in words. */
  readonly problem?: string;
  /** Whether it is issued to a host name or address. */
  isFor(name: string): boolean;
}

export function peerCertificate(shown: X509Certificate, now: number, problem?: string): PeerCertificate {
  return {
    subject: oneLine(shown.subject),
    fingerprint: canonicalFingerprint(shown.fingerprint256) ?? '',
    verified: problem === undefined,
    valid: Date.parse(shown.validFrom) <= now && now <= Date.parse(shown.validTo),
    early: now < Date.parse(shown.validFrom),
    ...(problem === undefined ? {} : { problem }),
    isFor: (name) => (isIP(name) === 0 ? shown.checkHost(name) : shown.checkIP(name)) !== undefined,
  };
}

const LONGEST_SUBJECT = 200;

/** Whatever a peer has put into it, one line of a log holds it. */
function oneLine(subject: string | undefined): string {
  return (subject ?? '')
    .replace(/[\r\n]+/g, ', ')
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?')
    .slice(0, LONGEST_SUBJECT);
}
