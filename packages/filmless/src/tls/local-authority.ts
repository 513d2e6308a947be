import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes, type webcrypto } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { HostNames } from './host-names.ts';

/** What a server shows, PEM. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface LocalIdentity extends ServerIdentity {
  /** The authority's certificate, to be installed once on each workstation. */
  readonly ca: string;
  /** SHA-256 of it, as browsers show it. */
  readonly caFingerprint: string;
}

const DAY = 86_400_000;
/** Ten years: installing it again on every workstation is work for many. */
const CA_DAYS = 3650;
/** Browsers take no server certificate that is valid longer. */
const LEAF_DAYS = 397;
/** A server that is not restarted for a while must not run out. */
const RENEW_BEFORE_DAYS = 60;
/** Clocks of workstations are behind sometimes. */
const BACKDATE = DAY;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Authority {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

/**
 * A certificate for this machine by an authority of its own, both kept in `folder`; made anew when the names changed or the
 * end comes near. The authority stays the same, so that workstations that trust it go on trusting.
 */
export async function localIdentity(folder: string, hosts: HostNames, now: number): Promise<LocalIdentity> {
  const authority = (await readAuthority(folder, now)) ?? (await makeAuthority(folder, now));
  const identity = (await readServer(folder, authority, hosts, now)) ?? (await makeServer(folder, authority, hosts, now));
  const ca = authority.certificate.toString('pem');
  return { ...identity, ca, caFingerprint: new NodeCertificate(ca).fingerprint256 };
}

async function readAuthority(folder: string, now: number): Promise<Authority | undefined> {
  const [cert, key] = await Promise.all([readIfThere(join(folder, 'ca.crt')), readIfThere(join(folder, 'ca.key'))]);
  if (cert === undefined || key === undefined) {
    return undefined;
  }
  const certificate = new X509Certificate(cert);
  const ends = certificate.notAfter.getTime() - LEAF_DAYS * DAY;
  return ends < now ? undefined : { certificate, key: await importKey(key) };
}

async function makeAuthority(folder: string, now: number): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=Filmless local authority ${randomBytes(3).toString('hex')}`,
    notBefore: new Date(now - BACKDATE),
    notAfter: new Date(now + CA_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      // RFC 5280 4.2.1.9: signs server certificates only, no further authority.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeWhole(join(folder, 'ca.key'), await exportKey(keys.privateKey), 0o600);
  await writeWhole(join(folder, 'ca.crt'), certificate.toString('pem'), 0o644);
  return { certificate, key: keys.privateKey };
}

async function readServer(
  folder: string,
  authority: Authority,
  hosts: HostNames,
  now: number,
): Promise<ServerIdentity | undefined> {
  const [cert, key] = await Promise.all([readIfThere(join(folder, 'server.crt')), readIfThere(join(folder, 'server.key'))]);
  if (cert === undefined || key === undefined) {
    return undefined;
  }
  const certificate = new NodeCertificate(cert);
  const issued = certificate.verify(new NodeCertificate(authority.certificate.toString('pem')).publicKey);
  const lasts = Date.parse(certificate.validTo) - RENEW_BEFORE_DAYS * DAY > now;
  const names = hosts.names.every((name) => certificate.checkHost(name) !== undefined);
  const addresses = hosts.addresses.every((address) => certificate.checkIP(address) !== undefined);
  const calls = certificate.keyUsage?.includes(ExtendedKeyUsage.clientAuth) ?? false;
  return issued && lasts && names && addresses && calls ? { cert, key } : undefined;
}

async function makeServer(folder: string, authority: Authority, hosts: HostNames, now: number): Promise<ServerIdentity> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: `CN=${hosts.names.at(1) ?? 'localhost'}`.slice(0, 67),
    issuer: authority.certificate.subject,
    notBefore: new Date(now - BACKDATE),
    notAfter: new Date(now - BACKDATE + LEAF_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    signingKey: authority.key,
    publicKey: keys.publicKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // Of both: the DICOM router shows it to those it calls, too.
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([
        ...hosts.names.map((value) => ({ type: 'dns', value }) as const),
        ...hosts.addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
      await AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const key = await exportKey(keys.privateKey);
  const cert = certificate.toString('pem');
  await writeWhole(join(folder, 'server.key'), key, 0o600);
  await writeWhole(join(folder, 'server.crt'), cert, 0o644);
  return { cert, key };
}

/** Positive, and more than 64 random bits. CA/Browser Forum 7.1. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${(der.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return await crypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Never half a key: a power cut in between leaves the old file. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, text, { mode, flush: true });
  await rename(temporary, path);
}
