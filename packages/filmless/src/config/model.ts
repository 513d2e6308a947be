import type { Facility } from '@filmless/access';
import type {
  AeConfig,
  AePermission,
  ConfiguredDestination,
  ConfiguredRules,
  NamedProfile,
  TlsClients,
} from '@filmless/dicom-router';
import type { LogLevel } from './log-level.ts';

type ServerRole = 'all' | 'archive' | 'router';

/** What the operator set, each once: option before variable before file before default. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly dicomPort: number;
  readonly aeTitle: string;
  readonly tls: TlsFiles | undefined;
  readonly dicomTlsPort: number | undefined;
  /** Absolute: PEM of authorities. */
  readonly dicomTlsCa: string | undefined;
  readonly dicomTlsClients: TlsClients;
  readonly role: ServerRole;
  /** Where a router alone delivers; undefined in every other role. */
  readonly centre: Centre | undefined;
  /** `file:`, `file:DIR` or `s3://…`; the archive's business. */
  readonly store: string;
  /** `sqlite:` or `sqlite:FILE`. */
  readonly index: string;
  readonly insecureHttp: boolean;
  /** Addresses and networks of reverse proxies on other machines. */
  readonly proxies: readonly string[];
  readonly adminPassword: string | undefined;
  readonly adminToken: string | undefined;
  readonly logLevel: LogLevel;
  /** Absolute; undefined: no daily backup. */
  readonly backupDir: string | undefined;
  readonly backupKeep: number;
  /** Without a further instance for so long, a study is believed to be all there. */
  readonly studyQuietMs: number;
  readonly demo: boolean;
  readonly site: Site;
}

/** The archive that the gateway of a remote site delivers to. */
export interface Centre {
  /** `filmless`: base URL of a Filmless; `dicomweb`: root of any DICOMweb service, which has neither orders nor performed steps. */
  readonly kind: 'filmless' | 'dicomweb';
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  /** Absolute: PEM of the authority its certificate is vouched for by; undefined: those the system believes. */
  readonly ca: string | undefined;
  /** How long images stay here that it has too, while there is room. */
  readonly keepMs: number;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What only the file can say: who is here. */
export interface Site {
  readonly facilities: readonly Facility[];
  readonly aes: readonly AeConfig[];
  readonly unknownAes: readonly AePermission[];
  /** Objects of private SOP classes and of those the standard has got since are taken by C-STORE too. */
  readonly unknownSopClasses: boolean;
  readonly destinations: readonly ConfiguredDestination[];
  /** Routing rules, as a document of their own. */
  readonly rules: ConfiguredRules | undefined;
  /** How copies that go out are de-identified, by name. */
  readonly deidentification: readonly NamedProfile[];
}
