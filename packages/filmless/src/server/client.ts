import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Bindings } from '@filmless/access';
import type { IsProxy } from './proxies.ts';

/** The last entry: the one our own proxy added, whatever the client wrote before it. */
function last(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return (text.split(',').at(-1) ?? '').trim();
}

/** Who is at the other end, of which a reverse proxy is believed what it says. */
export function clientOf(peer: string, headers: IncomingHttpHeaders, tls: boolean, isProxy: IsProxy): Bindings {
  const plain = peer.replace(/^::ffff:(?=\d+\.)/, '');
  if (!isProxy(plain)) {
    return { remoteAddress: plain, secure: tls };
  }
  const forwarded = last(headers['x-forwarded-for']);
  return {
    remoteAddress: isIP(forwarded) === 0 ? plain : forwarded,
    secure: tls || last(headers['x-forwarded-proto']) === 'https',
  };
}
