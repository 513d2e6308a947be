import type { SecureContextOptions } from 'node:tls';

/**
 * TLS 1.2 and 1.3, with forward secrecy and authenticated encryption alone: the BCP 195 RFC 8996, 9325 TLS Secure Transport
 * Connection Profile, and what the retired Non-Downgrading BCP 195 TLS Profile has in common with it. PS3.15 B.12, B.10; RFC 9325 4.2.
 */
const CIPHER_SUITES: readonly string[] = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** Of both sides. Level 2: no RSA key shorter than 2048 bits, no curve shorter than 224, no SHA-1 signature. RFC 9325 4.5. */
export const TLS_PROFILE: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: `${CIPHER_SUITES.join(':')}:@SECLEVEL=2`,
};

/** What we show, PEM: the certificate with its chain, and its key. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}
