import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Log } from '@filmless/access';
import { ConfigError } from '../config/config-error.ts';
import { isLoopback } from '../config/load.ts';
import type { Config, TlsFiles } from '../config/model.ts';
import { hostNames } from './host-names.ts';
import { type LocalIdentity, localIdentity, type ServerIdentity } from './local-authority.ts';

/** What the HTTP server shows: the operator's certificate, one of our own, or none over plain HTTP. */
export type TlsChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly identity: ServerIdentity }
  | { readonly kind: 'local'; readonly identity: LocalIdentity };

/** @throws ConfigError when the operator's files will not do */
export async function chooseTls(config: Config, folder: string, log: Log): Promise<TlsChoice> {
  if (config.tls !== undefined) {
    return { kind: 'given', identity: await readGiven(config.tls) };
  }
  if (config.insecureHttp || isLoopback(config.host)) {
    return { kind: 'none' };
  }
  const identity = await localIdentity(folder, hostNames(config.host), Date.now());
  log.info(
    { fingerprint: identity.caFingerprint, download: '/ca.crt' },
    'no certificate was given: serving HTTPS with a local certificate authority; install /ca.crt on each workstation once',
  );
  return { kind: 'local', identity };
}

async function readGiven({ cert, key }: TlsFiles): Promise<ServerIdentity> {
  const identity = { cert: await readPem(cert, '--tls-cert'), key: await readPem(key, '--tls-key') };
  try {
    createSecureContext(identity);
  } catch (error) {
    throw new ConfigError(
      `The certificate ${cert} and the key ${key} do not work together (${String(error)}). Give the PEM certificate with its chain, and its own unencrypted PEM key.`,
    );
  }
  return identity;
}

async function readPem(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${option}: ${path} cannot be read (${String(error)}). Check the path and its permissions.`);
  }
}
