import { BlockList, isIPv4 } from 'node:net';

/** Tells whether an address is that of a reverse proxy whose headers are believed. */
export type IsProxy = (address: string) => boolean;

const NOBODY: IsProxy = () => false;

/**
 * This machine, where the operator said that a proxy is on it; and those that they named, by address or network (`10.0.0.0/24`). Anybody
 * else could write the headers too.
 */
export function proxiesOf({
  insecureHttp,
  proxies,
}: {
  readonly insecureHttp: boolean;
  readonly proxies: readonly string[];
}): IsProxy {
  if (!insecureHttp && proxies.length === 0) {
    return NOBODY;
  }
  const known = new BlockList();
  if (insecureHttp) {
    known.addSubnet('127.0.0.0', 8);
    known.addAddress('::1', 'ipv6');
  }
  for (const proxy of proxies) {
    const [address = '', length] = proxy.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (length === undefined) {
      known.addAddress(address, family);
    } else {
      known.addSubnet(address, Number(length), family);
    }
  }
  return (address) => known.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
