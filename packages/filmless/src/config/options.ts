export type OptionKey =
  | 'config'
  | 'data'
  | 'host'
  | 'httpPort'
  | 'dicomPort'
  | 'aeTitle'
  | 'tlsCert'
  | 'tlsKey'
  | 'dicomTlsPort'
  | 'dicomTlsCa'
  | 'dicomTlsClients'
  | 'role'
  | 'store'
  | 'index'
  | 'archive'
  | 'archiveDicomweb'
  | 'archiveToken'
  | 'archiveCa'
  | 'gatewayKeep'
  | 'insecureHttp'
  | 'proxies'
  | 'adminPassword'
  | 'adminToken'
  | 'logLevel'
  | 'backupDir'
  | 'backupKeep'
  | 'studyQuiet'
  | 'demo';

/** One setting. Without `flag` it is no option of the command line; without `variable` no variable sets it. */
export interface Option {
  /** Its key in `filmless.yaml`. */
  readonly key: OptionKey;
  readonly flag?: string;
  readonly variable?: string;
  /** Placeholder of its value in the help; an option without one is a switch. */
  readonly value?: string;
  readonly fallback?: string;
  readonly help: string;
}

/** Every setting of `filmless serve`, in the order of the help. */
export const ALL_OPTIONS: readonly Option[] = [
  {
    key: 'config',
    flag: '--config',
    variable: 'FILMLESS_CONFIG',
    value: 'FILE',
    help: 'the configuration file; ./filmless.yaml if there',
  },
  {
    key: 'data',
    flag: '--data',
    variable: 'FILMLESS_DATA',
    value: 'DIR',
    fallback: './data',
    help: 'records, index, embedded object store',
  },
  {
    key: 'host',
    flag: '--host',
    variable: 'FILMLESS_HOST',
    value: 'ADDR',
    fallback: '127.0.0.1',
    help: 'address both listeners bind; 0.0.0.0 to serve a hospital',
  },
  {
    key: 'httpPort',
    flag: '--http-port',
    variable: 'FILMLESS_HTTP_PORT',
    value: 'N',
    fallback: '8080',
    help: 'viewer, DICOMweb, administration; 0 takes a free port',
  },
  {
    key: 'dicomPort',
    flag: '--dicom-port',
    variable: 'FILMLESS_DICOM_PORT',
    value: 'N',
    fallback: '11112',
    help: 'DIMSE; 0 takes a free port',
  },
  {
    key: 'aeTitle',
    flag: '--ae-title',
    variable: 'FILMLESS_AE_TITLE',
    value: 'T',
    fallback: 'FILMLESS',
    help: 'own AE title',
  },
  {
    key: 'tlsCert',
    flag: '--tls-cert',
    variable: 'FILMLESS_TLS_CERT',
    value: 'FILE',
    help: 'serve HTTPS with this certificate (PEM, with its chain)',
  },
  { key: 'tlsKey', flag: '--tls-key', variable: 'FILMLESS_TLS_KEY', value: 'FILE', help: 'the private key of the certificate' },
  {
    key: 'dicomTlsPort',
    flag: '--dicom-tls-port',
    variable: 'FILMLESS_DICOM_TLS_PORT',
    value: 'N',
    help: 'DIMSE over TLS (2762 with a certificate); 0 takes a free port',
  },
  {
    key: 'dicomTlsCa',
    flag: '--dicom-tls-ca',
    variable: 'FILMLESS_DICOM_TLS_CA',
    value: 'FILE',
    help: 'authorities whose certificates are believed of DICOM peers (PEM)',
  },
  {
    key: 'dicomTlsClients',
    flag: '--dicom-tls-clients',
    variable: 'FILMLESS_DICOM_TLS_CLIENTS',
    value: 'W',
    help: 'required or asked: whether a DICOM peer must show a certificate (required with --dicom-tls-ca)',
  },
  {
    key: 'role',
    flag: '--role',
    variable: 'FILMLESS_ROLE',
    value: 'R',
    fallback: 'all',
    help: 'all, archive or router; a router alone is the gateway of a remote site',
  },
  {
    key: 'store',
    flag: '--store',
    variable: 'FILMLESS_STORE',
    value: 'URL',
    fallback: 'file:',
    help: 'file:DIR or s3://KEY:SECRET@HOST:PORT/BUCKET?tls=0',
  },
  {
    key: 'index',
    flag: '--index',
    variable: 'FILMLESS_INDEX',
    value: 'URL',
    fallback: 'sqlite:',
    help: 'sqlite:FILE, or postgres://USER:PASSWORD@HOST:PORT/DATABASE for accounts, records and index',
  },
  {
    key: 'archive',
    flag: '--archive',
    variable: 'FILMLESS_ARCHIVE',
    value: 'URL',
    help: 'where a router alone delivers: base URL of a Filmless',
  },
  {
    key: 'archiveDicomweb',
    flag: '--archive-dicomweb',
    variable: 'FILMLESS_ARCHIVE_DICOMWEB',
    value: 'URL',
    help: 'instead: any DICOMweb root (then no worklist)',
  },
  { key: 'archiveToken', variable: 'FILMLESS_ARCHIVE_TOKEN', value: 'TOKEN', help: 'the token a router alone shows there' },
  {
    key: 'archiveCa',
    flag: '--archive-ca',
    variable: 'FILMLESS_ARCHIVE_CA',
    value: 'FILE',
    help: 'the authority that vouches for its certificate (PEM), where that is its own',
  },
  {
    key: 'gatewayKeep',
    flag: '--gateway-keep',
    variable: 'FILMLESS_GATEWAY_KEEP',
    value: 'N',
    help: 'days that a router alone keeps images that the archive has too (30); fewer while its disk is short',
  },
  {
    key: 'insecureHttp',
    flag: '--insecure-http',
    variable: 'FILMLESS_INSECURE_HTTP',
    help: 'allow --host beyond loopback without TLS: a reverse proxy does it',
  },
  {
    key: 'proxies',
    flag: '--proxies',
    variable: 'FILMLESS_PROXIES',
    value: 'LIST',
    help: 'reverse proxies on other machines that are believed who their clients are: addresses or networks, with commas',
  },
  {
    key: 'adminPassword',
    variable: 'FILMLESS_ADMIN_PASSWORD',
    value: 'PASSWORD',
    help: 'password of user admin at first start, in place of the link',
  },
  {
    key: 'adminToken',
    variable: 'FILMLESS_ADMIN_TOKEN',
    value: 'TOKEN',
    help: 'an API token with the administrator’s rights, for scripts',
  },
  {
    key: 'logLevel',
    flag: '--log-level',
    variable: 'FILMLESS_LOG_LEVEL',
    value: 'L',
    fallback: 'info',
    help: 'info, warn or error: the least grave lines that are written',
  },
  {
    key: 'backupDir',
    flag: '--backup-dir',
    variable: 'FILMLESS_BACKUP_DIR',
    value: 'DIR',
    help: 'a backup of the records is made there once a day',
  },
  {
    key: 'backupKeep',
    flag: '--backup-keep',
    variable: 'FILMLESS_BACKUP_KEEP',
    value: 'N',
    fallback: '14',
    help: 'so many of these backups are kept',
  },
  {
    key: 'studyQuiet',
    flag: '--study-quiet',
    variable: 'FILMLESS_STUDY_QUIET',
    value: 'N',
    fallback: '120',
    help: 'seconds without a further image after which a study counts as complete, or as incomplete',
  },
  { key: 'demo', flag: '--demo', help: 'sends itself the sample studies, by C-STORE, when the archive is empty' },
];

/** A setting as text, and where it came from, for the message when it won't do. */
export interface Given {
  readonly text: string;
  readonly from: string;
  /** What relative paths are relative to. */
  readonly base: string;
}

export type Settings = ReadonlyMap<OptionKey, Given>;
