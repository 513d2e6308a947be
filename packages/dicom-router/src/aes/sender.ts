import { isIP, SocketAddress } from 'node:net';
import type { TlsSetting } from '../routing/tls-setting.ts';
import type { AeRights } from './ae-directory.ts';

/** How a calling entity is known. */
export type Acquaintance = 'verified' | 'unlisted' | 'elsewhere';

/**
 * `elsewhere`: it is listed with an address and calls from another. A name in place of an address proves nothing and is not asked.
 */
export function acquaintance({ listed, host, settings }: AeRights, address: string): Acquaintance {
  if (!listed) {
    return 'unlisted';
  }
  if (isBound(settings.tls)) {
    return 'verified';
  }
  const expected = host === undefined ? undefined : canonical(host);
  return expected === undefined || expected === canonical(address) ? 'verified' : 'elsewhere';
}

/** Nobody else has its certificate: who calls so was let in for that, and may call from anywhere. */
function isBound(tls: TlsSetting | undefined): boolean {
  return typeof tls === 'object' && (tls.fingerprint !== undefined || tls.name !== undefined);
}

/** An address as one text, for IPv6 has many, IPv4 but one; undefined for a name. */
function canonical(host: string): string | undefined {
  const plain = host.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 6) {
    return new SocketAddress({ address: plain, family: 'ipv6' }).address;
  }
  return version === 4 ? plain : undefined;
}
