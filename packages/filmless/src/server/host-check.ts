import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { AppEnv } from '@filmless/access';
import { problem } from '@filmless/access';
import type { MiddlewareHandler } from 'hono';

/** RFC 9110 7.2: a name or address, perhaps with a port. */
const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:\d{1,5})?$/i;

/**
 * On a server that only this machine should reach, a page from elsewhere could point its own name at 127.0.0.1 (DNS
 * rebinding) and read what needs no sign-in. Addresses and this machine's names can't be pointed elsewhere.
 */
function isOwnHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) {
    return true;
  }
  const own = hostname().toLowerCase();
  return name === own || name === `${own}.local`;
}

/** `anyName`: with TLS a foreign name fails at the certificate, and a reverse proxy brings its own name. */
export function hostCheck(anyName: boolean): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!HOST.test(host)) {
      return problem(c, 400, 'Invalid request', 'The Host header is missing or is no host.');
    }
    if (!anyName && !isOwnHost(host)) {
      const detail = `This server answers on this machine only, not as "${host}". Behind a reverse proxy, start it with --insecure-http.`;
      return problem(c, 421, 'Misdirected request', detail);
    }
    return await next();
  };
}
