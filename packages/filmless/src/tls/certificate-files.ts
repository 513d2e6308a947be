import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../config/config-error.ts';
import type { TlsFiles } from '../config/model.ts';
import type { ServerIdentity } from './local-authority.ts';

/** The operator's PEM files. @throws ConfigError that names the file and what is expected of it */

export async function readIdentity({ cert, key }: TlsFiles): Promise<ServerIdentity> {
  const identity = { cert: await readPem(cert, '--tls-cert'), key: await readPem(key, '--tls-key') };
  try {
    createSecureContext({ ...identity, ciphers: 'DEFAULT@SECLEVEL=2' });
  } catch (error) {
    throw new ConfigError(
      `The certificate ${cert} and the key ${key} do not work together (${String(error)}). Give the PEM certificate with its chain, and its own unencrypted PEM key; RSA of 2048 bits or more, or an elliptic curve.`,
    );
  }
  return identity;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates of authorities, one behind the other. */
export async function readAuthorities(path: string, option: string): Promise<string> {
  const text = await readPem(path, option);
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) {
    throw new ConfigError(`${option}: ${path} holds no certificate. Give one PEM file with the certificates of all authorities.`);
  }
  for (const [index, pem] of found.entries()) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      throw new ConfigError(`${option}: certificate ${index + 1} in ${path} cannot be read (${String(error)}).`);
    }
  }
  return found.join('\n');
}

async function readPem(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${option}: ${path} cannot be read (${String(error)}). Check the path and its permissions.`);
  }
}

const DAY = 86_400_000;
/** In time to have a certificate made by somebody who is on holiday. */
const WARN_BEFORE_DAYS = 30;

/** What to say of the end of a certificate that nobody but the operator renews. */
export function endWarnings(name: string, pem: string, now: number): readonly string[] {
  return (pem.match(CERTIFICATE) ?? []).flatMap((text) => {
    const { validTo } = new X509Certificate(text);
    const left = Date.parse(validTo) - now;
    const date = new Date(validTo).toISOString().slice(0, 10);
    if (left > WARN_BEFORE_DAYS * DAY) {
      return [];
    }
    return left < 0
      ? [
          `The certificate of ${name} ended on ${date}: browsers and machines refuse it. Put a new one in its place; no restart is needed.`,
        ]
      : [`The certificate of ${name} ends on ${date}. Put a new one in its place; no restart is needed.`];
  });
}
