import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '@filmless/access';
import type { RouterTls, TlsMaterial } from '@filmless/dicom-router';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/model.ts';
import { SERVER_LIMITS } from '../limits.ts';
import { endWarnings, readAuthorities, readIdentity } from './certificate-files.ts';
import { hostNames } from './host-names.ts';
import { type LocalIdentity, localIdentity, type ServerIdentity } from './local-authority.ts';

/** What the HTTP server shows: the operator's certificate, one of our own, or none over plain HTTP. */
export type TlsChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly identity: ServerIdentity }
  | { readonly kind: 'local'; readonly identity: LocalIdentity };

/** Where DICOM over TLS is spoken with a certificate of the operator, unless told. PS3.8 9.1.1, PS3.15 B.12: IANA's dicom-tls. */
const DICOM_TLS_PORT = 2762;

/** What is shown and believed at this moment. */
interface Shown {
  /** Undefined where nobody listens with TLS. */
  readonly identity: ServerIdentity | undefined;
  readonly authorities: string | undefined;
  /** Of the local authority, where that made the certificate. */
  readonly ca: string | undefined;
}

/** Who takes a renewed certificate. */
export interface Renewed {
  readonly http: (identity: ServerIdentity) => void;
  readonly dicom: (material: TlsMaterial) => void;
}

/** The certificates of both listeners: those of the operator, or of the local authority; looked after while the server runs. */
export class Certificates implements Disposable {
  readonly #config: Config;
  readonly #folder: string;
  readonly #log: Log;
  #shown: Shown;
  #timer: NodeJS.Timeout | undefined;
  /** What was complained of last, to say it once. */
  #problem: string | undefined;

  private constructor(config: Config, folder: string, log: Log, shown: Shown) {
    this.#config = config;
    this.#folder = folder;
    this.#log = log;
    this.#shown = shown;
  }

  /** @throws ConfigError when the operator's files will not do */
  static async open(config: Config, dataDir: string, log: Log): Promise<Certificates> {
    const folder = join(dataDir, 'tls');
    const certificates = new Certificates(config, folder, log, await look(config, folder));
    const { ca } = certificates.#shown;
    if (ca !== undefined) {
      const download = certificates.https.kind === 'local' ? { download: '/ca.crt' } : { file: join(folder, 'ca.crt') };
      log.info(
        { fingerprint: certificates.#fingerprint, ...download },
        'no certificate was given: TLS with a local certificate authority; install its certificate once on each workstation, and on each machine that sends by DICOM TLS',
      );
    }
    return certificates;
  }

  /** Of the HTTP server. */
  get https(): TlsChoice {
    const { identity, ca } = this.#shown;
    if (identity === undefined || (this.#config.tls === undefined && plainHttp(this.#config))) {
      return { kind: 'none' };
    }
    return ca === undefined
      ? { kind: 'given', identity }
      : { kind: 'local', identity: { ...identity, ca, caFingerprint: this.#fingerprint } };
  }

  /** The local authority's certificate, PEM, where there is one; browsers and machines are to believe it. */
  get localAuthority(): string | undefined {
    return this.#shown.ca;
  }

  /** Of the DICOM router. */
  get dicom(): RouterTls {
    const port = dicomTlsPort(this.#config);
    const { dicomTlsClients: clients } = this.#config;
    return { material: this.#material, ...(port === undefined ? {} : { listen: { port, clients } }) };
  }

  get #material(): TlsMaterial {
    const { identity, authorities } = this.#shown;
    return { identity, authorities };
  }

  get #fingerprint(): string {
    return this.#shown.ca === undefined ? '' : new X509Certificate(this.#shown.ca).fingerprint256;
  }

  /** What a person must renew before it ends. */
  warnings(now: number = Date.now()): readonly string[] {
    const { identity, authorities, ca } = this.#shown;
    const own = identity === undefined || ca !== undefined ? [] : endWarnings('--tls-cert', identity.cert, now);
    const believed = authorities === undefined ? [] : endWarnings('--dicom-tls-ca', authorities, now);
    return [...own, ...believed, ...(this.#problem === undefined ? [] : [this.#problem])];
  }

  /** Looks now and then whether files were replaced, or the local certificate must be made anew: a server may run for years. */
  watch(renewed: Renewed): void {
    const { tls, dicomTlsCa } = this.#config;
    const every = tls === undefined && dicomTlsCa === undefined ? SERVER_LIMITS.certificateCheck : SERVER_LIMITS.certificateFiles;
    this.#timer = setInterval(() => void this.renew(renewed), every).unref();
  }

  /** What will not do is told once, and what was shown is shown on. */
  async renew({ http, dicom }: Renewed): Promise<void> {
    try {
      const shown = await look(this.#config, this.#folder);
      this.#problem = undefined;
      if (same(shown, this.#shown)) {
        return;
      }
      this.#shown = shown;
      dicom(this.#material);
      if (shown.identity !== undefined) {
        http(shown.identity);
      }
      this.#log.info({}, 'certificates were renewed: shown from the next connection on');
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) {
        this.#log.error({ problem }, 'certificates could not be renewed; those from before are shown on');
      }
      this.#problem = problem;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function plainHttp({ insecureHttp, host }: Config): boolean {
  return insecureHttp || isLoopback(host);
}

/** With a certificate of the operator always, with one of our own only where a port is named: peers must be told of the authority first. */
function dicomTlsPort({ dicomTlsPort: port, tls, role }: Config): number | undefined {
  return role === 'all' ? (port ?? (tls === undefined ? undefined : DICOM_TLS_PORT)) : undefined;
}

async function look(config: Config, folder: string): Promise<Shown> {
  const authorities = config.dicomTlsCa === undefined ? undefined : await readAuthorities(config.dicomTlsCa, '--dicom-tls-ca');
  if (config.tls !== undefined) {
    return { identity: await readIdentity(config.tls), authorities, ca: undefined };
  }
  if (plainHttp(config) && dicomTlsPort(config) === undefined) {
    return { identity: undefined, authorities, ca: undefined };
  }
  const { cert, key, ca } = await localIdentity(folder, hostNames(config.host), Date.now());
  return { identity: { cert, key }, authorities, ca };
}

function same(one: Shown, other: Shown): boolean {
  return (
    one.identity?.cert === other.identity?.cert &&
    one.identity?.key === other.identity?.key &&
    one.authorities === other.authorities &&
    one.ca === other.ca
  );
}
