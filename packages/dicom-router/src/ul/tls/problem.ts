import type { Cause } from '../../finding.ts';

/** What OpenSSL and Node call a fault of TLS, and what to say of it to an operator; "it" is the peer. */
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks of both machines',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'it vouches for its certificate itself: enter the fingerprint, or give the certificate by --dicom-tls-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not believed here: give it by --dicom-tls-ca',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is not believed here: give it by --dicom-tls-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not believed here: give it by --dicom-tls-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not believed here: give it by --dicom-tls-ca',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  INVALID_PURPOSE: 'its certificate is not made for this use: it needs the extended key usage of both client and server',
  INVALID_CA: 'the authority of its certificate is none',
  CA_KEY_TOO_SMALL: 'the key of its authority is too short',
  EE_KEY_TOO_SMALL: 'the key of its certificate is too short',
  CERT_REVOKED: 'its certificate was revoked',
  HOSTNAME_MISMATCH: 'its certificate is issued to another name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is issued to another name',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'it did not finish the TLS handshake in time',
  WRONG_VERSION_NUMBER: 'it does not speak TLS on this port',
  PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port',
  RECORD_LAYER_FAILURE: 'it does not speak TLS on this port',
  HTTP_REQUEST: 'it speaks HTTP, not TLS',
  UNSUPPORTED_PROTOCOL: 'it knows no TLS of version 1.2 or newer',
  NO_PROTOCOLS_AVAILABLE: 'it knows no TLS of version 1.2 or newer',
  VERSION_TOO_LOW: 'it knows no TLS of version 1.2 or newer',
  NO_SHARED_CIPHER: 'it offers no cipher suite of the BCP 195 profile',
  UNEXPECTED_EOF_WHILE_READING: 'it closed the connection during the TLS handshake',
  ECONNRESET: 'it closed the connection during the TLS handshake',
};

/** What a peer says by an alert, of us. RFC 8446 6.2. */
const ALERTS: Readonly<Record<string, string>> = {
  PROTOCOL_VERSION: 'it wants another version of TLS than 1.2 and 1.3',
  HANDSHAKE_FAILURE: 'it agrees to no cipher suite of the BCP 195 profile, or demands a certificate',
  INSUFFICIENT_SECURITY: 'it demands other cipher suites than those of the BCP 195 profile',
  UNKNOWN_CA: 'it does not believe the authority of our certificate: enter that authority there',
  BAD_CERTIFICATE: 'it does not take our certificate',
  UNSUPPORTED_CERTIFICATE: 'it does not take our certificate for this use',
  CERTIFICATE_REVOKED: 'it says that our certificate was revoked',
  CERTIFICATE_EXPIRED: 'it says that our certificate has expired: compare the clocks of both machines',
  CERTIFICATE_UNKNOWN: 'it does not know our certificate: enter that, or its authority, there',
  CERTIFICATE_REQUIRED: 'it demands a certificate of ours',
  ACCESS_DENIED: 'it lets our certificate do nothing',
  DECRYPT_ERROR: 'it could not verify our signature',
  DECODE_ERROR: 'it did not understand the TLS handshake',
  INTERNAL_ERROR: 'it failed during the TLS handshake',
};

/** Words for a fault of TLS, by its code; undefined where nothing is known of it. */
export function tlsProblem(error: unknown): string | undefined {
  const code = typeof error === 'string' ? error : codeOf(error);
  const reason = code.replace(/^ERR_SSL_/, '');
  // OpenSSL writes `SSLV3_ALERT_…`, `TLSV1_ALERT_…`, `TLSV13_ALERT_…`, `SSL/TLS_ALERT_…`, as old as the alert is.
  const alert = /_ALERT_(\w+)$/.exec(reason)?.[1];
  return alert === undefined ? WORDS[reason] : (ALERTS[alert] ?? `it sent the TLS alert ${alert.toLowerCase()}`);
}

const CAUSES: Readonly<Record<string, Cause>> = {
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-not-yet-valid',
  HOSTNAME_MISMATCH: 'tls-wrong-name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-wrong-name',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'timeout-tls',
  HTTP_REQUEST: 'http-on-dicom-port',
  UNSUPPORTED_PROTOCOL: 'tls-version',
  NO_PROTOCOLS_AVAILABLE: 'tls-version',
  VERSION_TOO_LOW: 'tls-version',
  ALERT_PROTOCOL_VERSION: 'tls-version',
  NO_SHARED_CIPHER: 'tls-cipher',
  ALERT_HANDSHAKE_FAILURE: 'tls-cipher',
  ALERT_INSUFFICIENT_SECURITY: 'tls-cipher',
  UNEXPECTED_EOF_WHILE_READING: 'tls-closed',
  ECONNRESET: 'tls-closed',
  ALERT_CERTIFICATE_EXPIRED: 'tls-ours-expired',
};
/** They speak something else than TLS. */
const NO_TLS: ReadonlySet<string> = new Set(['WRONG_VERSION_NUMBER', 'PACKET_LENGTH_TOO_LONG', 'RECORD_LAYER_FAILURE']);
/** They have something against our certificate. */
const OURS = /^ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED|DECRYPT_ERROR)$/;

/** The same as a word: for who listens, or for who calls. */
export function tlsCause(error: unknown, side: 'server' | 'client'): Cause {
  const reason = (typeof error === 'string' ? error : codeOf(error)).replace(/^ERR_SSL_/, '');
  const code = /ALERT_\w+$/.exec(reason)?.[0] ?? reason;
  if (NO_TLS.has(code)) {
    return side === 'server' ? 'clear-on-tls-port' : 'peer-speaks-clear';
  }
  if (OURS.test(code) && CAUSES[code] === undefined) {
    return 'tls-ours-refused';
  }
  return CAUSES[code] ?? (WORDS[code] === undefined ? 'tls-failed' : 'tls-untrusted');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
