import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes, type webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { canonicalFingerprint } from '../src/ul/tls/fingerprint.ts';

/** What a machine shows, PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly fingerprint: string;
}

export interface IssueOptions {
  /** Common name; `ct01` unless told. */
  readonly name?: string;
  readonly hosts?: readonly string[];
  readonly addresses?: readonly string[];
  /** Days from now at which it begins and ends. */
  readonly from?: number;
  readonly until?: number;
  readonly usages?: readonly ExtendedKeyUsage[];
  /** RSA of so many bits in place of P-256. */
  readonly rsaBits?: number;
}

/** For servers alone. RFC 5280 4.2.1.12. */
export const SERVER_AUTH: ExtendedKeyUsage = ExtendedKeyUsage.serverAuth;

const DAY = 86_400_000;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40;
  return bytes.toString('hex');
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${(der.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`;
}

async function newKeys(rsaBits: number | undefined) {
  const algorithm =
    rsaBits === undefined
      ? ECDSA
      : {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: rsaBits,
          publicExponent: Uint8Array.of(1, 0, 1),
        };
  return await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function extensions({ hosts = ['localhost'], addresses = ['127.0.0.1'], usages }: IssueOptions): Extension[] {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension([...(usages ?? [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth])]),
    new SubjectAlternativeNameExtension([
      ...hosts.map((value) => ({ type: 'dns', value }) as const),
      ...addresses.map((value) => ({ type: 'ip', value }) as const),
    ]),
  ];
}

/** An authority of a hospital, made for one test. */
export class TestAuthority {
  readonly #certificate: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  static async make(name = 'Hospital authority'): Promise<TestAuthority> {
    const keys = await newKeys(undefined);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - 100 * DAY),
      notAfter: new Date(Date.now() + 1000 * DAY),
      signingAlgorithm: ECDSA,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  /** PEM of its certificate. */
  get pem(): string {
    return this.#certificate.toString('pem');
  }

  async issue(options: IssueOptions = {}): Promise<Issued> {
    const keys = await newKeys(options.rsaBits);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${options.name ?? 'ct01'}`,
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() + (options.from ?? -1) * DAY),
      notAfter: new Date(Date.now() + (options.until ?? 30) * DAY),
      signingAlgorithm: ECDSA,
      signingKey: this.#key,
      publicKey: keys.publicKey,
      extensions: extensions(options),
    });
    return await issued(certificate, keys.privateKey);
  }
}

/** What a machine makes for itself. */
export async function selfSigned(options: IssueOptions = {}): Promise<Issued> {
  const keys = await newKeys(undefined);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${options.name ?? 'us02'}`,
    notBefore: new Date(Date.now() + (options.from ?? -1) * DAY),
    notAfter: new Date(Date.now() + (options.until ?? 30) * DAY),
    signingAlgorithm: ECDSA,
    keys,
    extensions: extensions(options),
  });
  return await issued(certificate, keys.privateKey);
}

async function issued(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<Issued> {
  const cert = certificate.toString('pem');
  const fingerprint = canonicalFingerprint(new NodeCertificate(cert).fingerprint256) ?? '';
  return { cert, key: await pem(key), fingerprint };
}
