import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Bindings } from '@filmless/access';

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** The last entry: the one our own proxy added, whatever the client wrote before it. */
function last(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return (text.split(',').at(-1) ?? '').trim();
}

/**
 * Who is at the other end. A reverse proxy is believed only on this machine and only when the operator said there is one:
 * anybody else could write these headers too.
 */
export function clientOf(peer: string, headers: IncomingHttpHeaders, tls: boolean, behindProxy: boolean): Bindings {
  const plain = peer.replace(/^::ffff:(?=\d+\.)/, '');
  if (!behindProxy || !isLoopbackAddress(peer)) {
    return { remoteAddress: plain, secure: tls };
  }
  const forwarded = last(headers['x-forwarded-for']);
  return {
    remoteAddress: isIP(forwarded) === 0 ? plain : forwarded,
    secure: tls || last(headers['x-forwarded-proto']) === 'https',
  };
}
