import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import type { Given } from './options.ts';

/** Parsers of single settings. @throws ConfigError that names where the value came from and what is expected */

function fail({ from, text }: Given, expected: string): never {
  throw new ConfigError(`${from}: ${JSON.stringify(text)} is not ${expected}.`);
}

export function parsePort(given: Given): number {
  const port = /^\d{1,5}$/.test(given.text) ? Number(given.text) : Number.NaN;
  return port <= 65_535 ? port : fail(given, 'a port: give a number from 0 (any free one) to 65535');
}

/** A number of things to keep. */
export function parseCount(given: Given): number {
  const count = /^\d{1,4}$/.test(given.text) ? Number(given.text) : 0;
  return count >= 1 ? count : fail(given, 'a number from 1 to 9999');
}

/** Not everybody: a network of no bits is refused. */
export function parseProxies(given: Given): readonly string[] {
  const proxies = given.text.split(',').map((part) => part.trim());
  const wrong = proxies.find((proxy) => {
    const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? [];
    const family = isIP(address);
    const bits = family === 0 ? 0 : family === 4 ? 32 : 128;
    return bits === 0 || (length !== undefined && (Number(length) < 1 || Number(length) > bits));
  });
  return wrong === undefined ? proxies : fail(given, 'IP addresses or networks as 10.0.0.0/24, with commas in between');
}

/** Days, none too. */
export function parseDays(given: Given): number {
  return /^\d{1,4}$/.test(given.text) ? Number(given.text) : fail(given, 'a number of days from 0 to 9999');
}

const TRUE: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on']);
const FALSE: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);

export function parseSwitch(given: Given): boolean {
  const text = given.text.toLowerCase();
  if (TRUE.has(text)) {
    return true;
  }
  return FALSE.has(text) ? false : fail(given, 'true or false');
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

export function parseHost(given: Given): string {
  const text = given.text.replace(/^\[(.*)\]$/, '$1');
  return isIP(text) !== 0 || HOST_NAME.test(text)
    ? text
    : fail(given, 'an address to bind: give 127.0.0.1, 0.0.0.0, or the address or name of this machine');
}

/** 1 to 16 characters of the default repertoire, without backslash; spaces around do not count. PS3.5 6.2 (AE). */
const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

export function parseAeTitle(given: Given): string {
  const title = given.text.trim();
  return title !== '' && AE_TITLE.test(title)
    ? title
    : fail(given, 'an AE title: give 1 to 16 plain characters without a backslash');
}

export function parsePath(given: Given): string {
  return given.text.includes('\0') ? fail(given, 'a path') : resolve(given.base, given.text);
}

export function parseChoice<T extends string>(given: Given, choices: readonly T[]): T {
  return choices.find((choice) => choice === given.text) ?? fail(given, `one of ${choices.join(', ')}`);
}

/** The folder of a store `file:DIR`; empty for `file:`, the one under the data directory; undefined for a store elsewhere. */
export function storeFolder(store: string): string | undefined {
  return store.startsWith('file:') ? store.slice('file:'.length).replace(/^\/\/(?=\/)/, '') : undefined;
}

/** `file:`, `file:DIR` or `s3://…`; a relative folder becomes absolute. The secret in an S3 URL is never repeated. */
export function parseStore(given: Given): string {
  const folder = storeFolder(given.text);
  if (folder !== undefined) {
    return folder === '' ? 'file:' : `file:${resolve(given.base, folder)}`;
  }
  if (given.text.startsWith('s3://') && URL.canParse(given.text)) {
    return given.text;
  }
  throw new ConfigError(
    `${given.from}: the store is not understood. Give file:DIR or s3://KEY:SECRET@HOST:PORT/BUCKET?tls=0, with KEY and SECRET percent-encoded.`,
  );
}

/** `sqlite:`, `sqlite:FILE` or `postgres://…`; a relative file becomes absolute. A password is never repeated. */
export function parseIndex(given: Given): string {
  if (given.text.startsWith('sqlite:')) {
    const file = given.text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    return file === '' ? 'sqlite:' : `sqlite:${resolve(given.base, file)}`;
  }
  const url = /^postgres(ql)?:\/\//.test(given.text) && URL.canParse(given.text) ? new URL(given.text) : undefined;
  if (url !== undefined && url.hostname !== '' && /^\/[^/]+$/.test(url.pathname)) {
    return given.text;
  }
  // NOTE: what was given is not repeated, there may be a password in it.
  throw new ConfigError(
    `${given.from}: the index is not understood. Give sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/DATABASE.`,
  );
}

/** Below this a token could be guessed in spite of the limit of attempts. */
const SHORTEST_TOKEN = 8;

export function parseToken(given: Given): string {
  if (given.text.length < SHORTEST_TOKEN || !/^[\x21-\x7e]{1,512}$/.test(given.text)) {
    throw new ConfigError(
      `${given.from}: a token has ${SHORTEST_TOKEN} to 512 plain characters without spaces. Make one with: openssl rand -hex 32`,
    );
  }
  return given.text;
}

/** An http or https URL without user, query or fragment; its last slash goes. */
export function parseServiceUrl(given: Given): string {
  const url = URL.canParse(given.text) ? new URL(given.text) : undefined;
  const plain = url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !plain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return fail(given, 'the address of a service: give https://HOST:PORT, with a path where it has one');
  }
  return url.href.replace(/\/+$/, '');
}
