import { existsSync } from 'node:fs';
import { resetAdmin } from '@filmless/access';
import { ConfigError } from '../config/config-error.ts';
import { accessPlace } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import { isLoopback } from '../config/loopback.ts';
import { reachableHost } from '../tls/host-names.ts';

/** `filmless reset-admin`: a one-time link for whoever lost the administrator's password. Works beside a running server. */
export async function resetAdministrator(input: LoadInput, print: (line: string) => void): Promise<void> {
  const config = loadConfig(input);
  const place = accessPlace(config);
  if ('file' in place && !existsSync(place.file)) {
    throw new ConfigError(`There are no accounts in ${config.dataDir}. Give the server's data directory with --data.`);
  }
  const token = await resetAdmin(place);
  const tls = config.tls !== undefined || !(config.insecureHttp || isLoopback(config.host));
  const address = `${tls ? 'https' : 'http'}://${reachableHost(config.host)}:${config.httpPort}`;
  print(`With the server running, open this link within 24 hours to set a new password for the user "admin":`);
  print(`${address}/setup?token=${token}`);
}
