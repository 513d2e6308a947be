import type { Log } from '@filmless/access';
import type { Environment } from '../config/environment.ts';
import { unknownVariables } from '../config/load.ts';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/model.ts';

/** Characters of a token that nobody guesses. */
const SAFE_TOKEN = 16;
const DICOM_IN_CLEAR =
  'this port of DICOM is not encrypted; that of --dicom-tls-port is: set tls for each machine that can do it, and keep this one ' +
  'inside the network of the modalities';

/** Tells the operator at the start what of the settings does nothing, or less than it may seem. */
export function warn(config: Config, environment: Environment, log: Log): void {
  for (const variable of unknownVariables(environment)) {
    log.warn({ variable }, 'this variable is not known to Filmless and does nothing');
  }
  if (config.adminToken !== undefined && config.adminToken.length < SAFE_TOKEN) {
    log.warn({ characters: config.adminToken.length }, 'FILMLESS_ADMIN_TOKEN is short; make one with: openssl rand -hex 32');
  }
  if (config.tls !== undefined && config.role === 'all') {
    log.warn({ port: config.dicomPort }, DICOM_IN_CLEAR);
  }
  if (config.insecureHttp && !isLoopback(config.host)) {
    log.warn({ host: config.host }, 'serving without TLS beyond this machine: only behind a reverse proxy that does it');
  }
}
