import { readFile } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get as getTls } from 'node:https';
import { join } from 'node:path';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/model.ts';
import { localHost } from '../tls/host-names.ts';

/** Milliseconds for an answer of the server beside. */
const PATIENCE = 10_000;
/** Bytes of it that are kept. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Asks the running server with these settings, if there is one. @returns its answer, or why there is none, in words */
export async function askServer(config: Config, path: string): Promise<string> {
  const certificate = await trustedCertificate(config);
  const options = {
    host: localHost(config.host),
    port: config.httpPort,
    path,
    agent: false,
    timeout: PATIENCE,
    headers: { accept: '*/*', ...(config.adminToken === undefined ? {} : { authorization: `Bearer ${config.adminToken}` }) },
  };
  return await new Promise((resolve) => {
    const took = (text: string, status: number) => resolve(status === 401 ? 'not told: set FILMLESS_ADMIN_TOKEN' : text);
    const request =
      certificate === undefined
        ? getPlain(options)
        : // The certificate is this server's own; by which of its names we come does not matter.
          getTls({ ...options, ca: certificate, checkServerIdentity: () => undefined });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text = (text + part).slice(0, MAX_ANSWER_BYTES);
      });
      response.on('end', () => took(text, response.statusCode ?? 0));
      response.on('error', () => resolve('the answer broke off'));
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', (error) => resolve(`no server answers on port ${config.httpPort}: ${error.message}`));
  });
}

/** What the server shows must be signed by; undefined where it speaks plain HTTP. */
export async function trustedCertificate({ tls, host, insecureHttp, dataDir }: Config): Promise<string | undefined> {
  if (tls === undefined && (insecureHttp || isLoopback(host))) {
    return undefined;
  }
  return await readFile(tls?.cert ?? join(dataDir, 'tls', 'ca.crt'), 'utf8').catch(() => '');
}
