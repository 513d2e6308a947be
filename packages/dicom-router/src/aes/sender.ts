import { isIP, SocketAddress } from 'node:net';
import type { AeRights } from './ae-directory.ts';

/** How a calling entity is known. */
export type Acquaintance = 'verified' | 'unlisted' | 'elsewhere';

/**
 * `elsewhere`: it is listed with an address and calls from another. A name in place of an address proves nothing and is not asked.
 */
export function acquaintance({ listed, host }: AeRights, address: string): Acquaintance {
  if (!listed) {
    return 'unlisted';
  }
  const expected = host === undefined ? undefined : canonical(host);
  return expected === undefined || expected === canonical(address) ? 'verified' : 'elsewhere';
}

/** An address as one text, for IPv6 has many; undefined for a name. */
function canonical(host: string): string | undefined {
  const plain = host.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  const version = isIP(plain);
  return version === 0 ? undefined : new SocketAddress({ address: plain, family: version === 4 ? 'ipv4' : 'ipv6' }).address;
}
