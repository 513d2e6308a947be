import { expect, it } from 'vitest';
import type { TlsSetting } from '../routing/tls-setting.ts';
import { type Acquaintance, acquaintance } from './sender.ts';

it.each<[string, boolean, string | undefined, string, Acquaintance]>([
  ['calls from its address', true, '10.0.0.11', '10.0.0.11', 'verified'],
  ['calls from another address', true, '10.0.0.11', '10.0.0.12', 'elsewhere'],
  ['calls from its address, written otherwise', true, 'FD00:0::1', 'fd00::1', 'verified'],
  ['calls by IPv6 from another address', true, 'fd00::1', 'fd00::2', 'elsewhere'],
  ['is listed with a mapped address', true, '::ffff:10.0.0.11', '10.0.0.11', 'verified'],
  ['calls by a link of its own', true, 'fe80::1', 'fe80::1%eth0', 'verified'],
  ['is listed with a name', true, 'ct01.hospital', '10.0.0.12', 'verified'],
  ['is listed without an address', true, undefined, '10.0.0.12', 'verified'],
  ['nobody listed', false, undefined, '10.0.0.12', 'unlisted'],
])('an entity that %s', (_, listed, host, address, expected) => {
  expect(
    acquaintance({ may: [], facility: 'main', listed, settings: {}, ...(host === undefined ? {} : { host }) }, address),
  ).toBe(expected);
});

it.each<[string, TlsSetting, Acquaintance]>([
  ['is known by its certificate, wherever it calls from', { fingerprint: 'AB'.repeat(32) }, 'verified'],
  ['is known by the name in its certificate', { name: 'ct01.hospital' }, 'verified'],
  ['calls by TLS with any certificate', true, 'elsewhere'],
])('an entity from another address that %s', (_, tls, expected) => {
  const rights = { may: [], facility: 'main', listed: true, host: '10.0.0.11', settings: { tls } };
  expect(acquaintance(rights, '10.0.0.12')).toBe(expected);
});
