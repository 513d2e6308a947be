import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Names and addresses this machine is reached by. */
export interface HostNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Addresses of this machine, those others can use first. */
export function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  // Link-local addresses carry a zone that no certificate can name.
  const usable = all.filter(({ address }) => !address.toLowerCase().startsWith('fe80:'));
  const outside = usable.filter(({ internal }) => !internal).sort((a, b) => a.family.localeCompare(b.family));
  return [...new Set([...outside.map(({ address }) => address), '127.0.0.1', '::1'])];
}

export function hostNames(bound: string): HostNames {
  const own = hostname().toLowerCase();
  const names = ['localhost', own, own.includes('.') ? (own.split('.')[0] ?? own) : `${own}.local`];
  const given = isIP(bound) === 0 ? [bound.toLowerCase()] : [];
  const addresses = isIP(bound) !== 0 && !WILDCARDS.has(bound) ? [bound] : [];
  return {
    names: [...new Set([...names, ...given])].filter((name) => /^[a-z0-9.-]{1,253}$/.test(name)),
    addresses: [...new Set([...addresses, ...localAddresses()])],
  };
}

/** How others reach a listener, for the ready line and the link. */
export function reachableHost(bound: string): string {
  const host = WILDCARDS.has(bound) ? (localAddresses()[0] ?? '127.0.0.1') : bound;
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** How the machine itself reaches a listener of its own. */
export function localHost(bound: string): string {
  return bound === '0.0.0.0' ? '127.0.0.1' : bound === '::' ? '::1' : bound;
}
