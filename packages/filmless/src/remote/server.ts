import { readFile } from 'node:fs/promises';
import { type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { ConfigError } from '../config/config-error.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { trustedCertificate } from '../support/ask-server.ts';
import { localHost } from '../tls/host-names.ts';

/** Milliseconds for an answer: a machine that is called may take a while. */
const PATIENCE = 60_000;
/** Bytes of an answer. */
const MAX_ANSWER_BYTES = 16_777_216;

/** A running server, asked by its HTTP API with the administrator's token. */
export interface Server {
  readonly config: Config;
  /** @throws ConfigError in words when there is no server, no right, or the request is refused */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
}

interface Target {
  readonly url: URL;
  readonly token: string;
  /** PEM of whom its certificate must come from; undefined for those the system believes. */
  readonly authority: string | undefined;
}

/** The server that `--server` names, else the one with the settings that are in force here. @throws ConfigError */
export async function openServer(settings: LoadInput, named: string | undefined): Promise<Server> {
  const config = loadConfig(settings);
  if (config.adminToken === undefined) {
    throw new ConfigError('Set FILMLESS_ADMIN_TOKEN to the token of the server: without it nobody may look after machines.');
  }
  const authority = named === undefined ? await trustedCertificate(config) : undefined;
  const url = named === undefined ? localUrl(config, authority) : givenUrl(named);
  const target = { url, token: config.adminToken, authority };
  return { config, ask: (method, path, body) => ask(target, method, path, body) };
}

function localUrl({ host, httpPort }: Config, authority: string | undefined): URL {
  return new URL(`${authority === undefined ? 'http' : 'https'}://${localHost(host)}:${httpPort}`);
}

/** @throws ConfigError */
function givenUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(`--server ${text} is no address: give one such as https://pacs.hospital:8080`);
  }
  return url;
}

async function ask({ url, token, authority }: Target, method: string, path: string, body: object | undefined): Promise<unknown> {
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const options: RequestOptions = {
    method,
    agent: false,
    timeout: PATIENCE,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.byteLength }),
    },
  };
  const { status, text } = await exchange(new URL(path, url), options, authority, bytes);
  if (status >= 200 && status < 300) {
    return text === '' ? undefined : JSON.parse(text);
  }
  throw refusal(status, text, url);
}

function exchange(
  url: URL,
  options: RequestOptions,
  authority: string | undefined,
  body: Buffer | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new ConfigError(`No server answers at ${url.origin} (${error.message}). Is it running?`, { passing: true }));
    const request =
      url.protocol === 'http:'
        ? requestPlain(url, options)
        : // By which of its own names we come does not matter.
          requestTls(
            url,
            authority === undefined ? options : { ...options, ca: authority, checkServerIdentity: () => undefined },
          );
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_ANSWER_BYTES) {
          request.destroy(new Error('its answer is too long'));
        }
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', fail);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', fail);
    request.end(body);
  });
}

function refusal(status: number, text: string, { origin }: URL): ConfigError {
  switch (status) {
    case 401:
      return new ConfigError(`${origin} does not know the token in FILMLESS_ADMIN_TOKEN.`);
    case 403:
      return new ConfigError('The token in FILMLESS_ADMIN_TOKEN may not do this: it needs the right to administer.');
    default:
      return new ConfigError(detailOf(text) ?? `${origin} answered ${status}`, { passing: status >= 500 });
  }
}

/** RFC 9457. */
function detailOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    const { detail } = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem : { detail: undefined };
    return typeof detail === 'string' && detail !== '' ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** A file that a setting names. @throws ConfigError */
export async function readSettingFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${path} cannot be read (${String(error)}).`);
  }
}
