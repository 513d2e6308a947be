import { ConfigError } from './config-error.ts';
import { isLoopback } from './loopback.ts';
import type { Centre } from './model.ts';
import type { Given, OptionKey } from './options.ts';
import { parseDays, parsePath, parseServiceUrl, parseToken } from './values.ts';

const CENTRE_KEYS: readonly OptionKey[] = ['archive', 'archiveDicomweb', 'archiveToken', 'archiveCa', 'gatewayKeep'];
/** Days: as long as somebody at the site looks at images of the last examination. */
const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;

/** Where a router alone delivers. @throws ConfigError when it does not say where, or another role does */
export function parseCentre(find: (key: OptionKey) => Given | undefined): Centre | undefined {
  if (find('role')?.text !== 'router') {
    const stray = CENTRE_KEYS.map(find).find((given) => given !== undefined);
    if (stray !== undefined) {
      throw new ConfigError(`${stray.from} belongs to the role "router" (--role router). Leave it out.`);
    }
    return undefined;
  }
  const [filmless, dicomweb] = [find('archive'), find('archiveDicomweb')];
  const given = filmless ?? dicomweb;
  if (given === undefined || (filmless !== undefined && dicomweb !== undefined)) {
    throw new ConfigError(
      '--role router delivers to one archive: give --archive with the base URL of a Filmless, or --archive-dicomweb with a DICOMweb root.',
    );
  }
  const token = find('archiveToken');
  if (filmless !== undefined && token === undefined) {
    throw new ConfigError(
      'A router alone needs a token of the archive it delivers to, with the rights view, upload and relay for its facility: set FILMLESS_ARCHIVE_TOKEN.',
    );
  }
  const ca = find('archiveCa');
  const keep = find('gatewayKeep');
  const url = new URL(parseServiceUrl(given));
  if (
    url.protocol === 'http:' &&
    !isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')) &&
    find('insecureHttp')?.text !== 'true'
  ) {
    throw new ConfigError(
      `${given.from}: http would carry images and the token in the clear. Give https://…, or --insecure-http where the line itself is protected (a VPN).`,
    );
  }
  return {
    kind: filmless === undefined ? 'dicomweb' : 'filmless',
    url: parseServiceUrl(given),
    token: token === undefined ? undefined : parseToken(token),
    ca: ca === undefined ? undefined : parsePath(ca),
    keepMs: (keep === undefined ? KEEP_DAYS : parseDays(keep)) * DAY_MS,
  };
}
