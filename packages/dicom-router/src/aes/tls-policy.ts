import type { Cause } from '../finding.ts';
import type { TlsSetting } from '../routing/tls-setting.ts';
import type { Origin } from '../ul/negotiation.ts';
import type { Rejection } from '../ul/rejection.ts';
import type { PeerCertificate } from '../ul/tls/certificate.ts';

/** Whether who calls by TLS must show a certificate that is vouched for, or only may. */
export type TlsClients = 'required' | 'asked';

/**
 * Whether an entity calls in the way that is set for it. A certificate that is entered by its fingerprint is as good as one that an
 * authority vouches for, as long as its time is not over.
 */
export function tlsRejection(
  callingAe: string,
  setting: TlsSetting | undefined,
  { secure, certificate }: Origin,
  clients: TlsClients,
): Rejection | undefined {
  const { fingerprint, name } = typeof setting === 'object' ? setting : {};
  const facts = {
    ...(certificate === undefined ? {} : { fingerprint: certificate.fingerprint, subject: certificate.subject }),
    ...(fingerprint === undefined ? {} : { expected: fingerprint }),
    ...(name === undefined ? {} : { name }),
  };
  const refuse = (cause: Cause, why: string): Rejection => ({
    reason: 'calling AE title not recognized',
    detail: `${JSON.stringify(callingAe)} ${why}`,
    finding: { cause, facts },
  });
  if (!secure) {
    return setting === undefined || setting === false
      ? undefined
      : refuse('tls-needed', 'is set to call by TLS alone, and called in the clear: have it call the TLS port');
  }
  const shown = certificate === undefined ? 'shows no certificate' : `shows ${certificate.fingerprint} (${certificate.subject})`;
  const pinned = fingerprint !== undefined && certificate?.fingerprint === fingerprint;
  if (fingerprint !== undefined && !pinned) {
    const cause = certificate === undefined ? 'tls-no-certificate' : 'tls-other-certificate';
    return refuse(cause, `is bound to the certificate ${fingerprint}, and ${shown}`);
  }
  if (pinned && !certificate.valid) {
    return refuse(untrustedCause(certificate), 'shows the certificate that is entered for it, but that is over or has not begun');
  }
  const vouched = pinned || certificate?.verified === true;
  if (!vouched && (clients === 'required' || name !== undefined)) {
    return certificate === undefined
      ? refuse('tls-no-certificate', `must show a certificate: it ${shown}`)
      : refuse(untrustedCause(certificate), `${shown}: ${certificate.problem}`);
  }
  return name === undefined || certificate?.isFor(name) === true
    ? undefined
    : refuse('tls-wrong-name', `must show a certificate for ${name}, and ${shown}`);
}

function untrustedCause({ valid, early }: PeerCertificate): Cause {
  if (valid) {
    return 'tls-untrusted';
  }
  return early ? 'tls-not-yet-valid' : 'tls-expired';
}
