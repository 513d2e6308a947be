import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostNames, localAddresses, reachableHost } from './host-names.ts';
import { localIdentity } from './local-authority.ts';

const HOSTS = { names: ['localhost', 'pacs', 'pacs.local'], addresses: ['127.0.0.1', '10.0.0.5', 'fd00::5'] };
const DAY = 86_400_000;
const NOW = Date.now();

describe('the local certificate authority', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-tls-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('issues a certificate for every name and address of the machine', async () => {
    const identity = await localIdentity(folder, HOSTS, NOW);
    const leaf = new X509Certificate(identity.cert);
    const ca = new X509Certificate(identity.ca);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(HOSTS.names.map((name) => leaf.checkHost(name))).toEqual(HOSTS.names);
    expect(HOSTS.addresses.map((address) => leaf.checkIP(address))).toEqual(HOSTS.addresses);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBeLessThanOrEqual(397 * DAY);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('is trusted by a client that trusts the authority, and by no other', async () => {
    const { cert, key, ca } = await localIdentity(folder, HOSTS, NOW);
    const server = createServer({ cert, key }, (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (options: object) =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false, ...options }, (response) => resolve(response.statusCode)).on(
          'error',
          reject,
        );
      });
    await expect(ask({ ca })).resolves.toBe(200);
    await expect(ask({})).rejects.toThrow(/self-signed|unable to (get|verify)/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('keeps its keys to itself', async () => {
    await localIdentity(folder, HOSTS, NOW);
    for (const name of ['ca.key', 'server.key']) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('is the same at the next start', async () => {
    const first = await localIdentity(folder, HOSTS, NOW);
    expect(await localIdentity(folder, HOSTS, NOW + 100 * DAY)).toEqual(first);
  });

  it('renews the certificate, not the authority, when the end comes near or a name is added', async () => {
    const first = await localIdentity(folder, HOSTS, NOW);
    const renewed = await localIdentity(folder, HOSTS, NOW + 340 * DAY);
    expect(renewed.ca).toBe(first.ca);
    expect(renewed.cert).not.toBe(first.cert);
    expect(new X509Certificate(renewed.cert).verify(new X509Certificate(first.ca).publicKey)).toBe(true);
    const moved = await localIdentity(folder, { ...HOSTS, addresses: ['10.0.0.6'] }, NOW + 340 * DAY);
    expect(moved.ca).toBe(first.ca);
    expect(new X509Certificate(moved.cert).checkIP('10.0.0.6')).toBe('10.0.0.6');
  });

  it('makes a new authority before the old one ends', async () => {
    const first = await localIdentity(folder, HOSTS, NOW);
    expect((await localIdentity(folder, HOSTS, NOW + 9 * 365 * DAY)).ca).not.toBe(first.ca);
    expect(await readFile(join(folder, 'ca.crt'), 'utf8')).not.toBe(first.ca);
  });

  it('knows how the machine is reached', () => {
    expect(localAddresses()).toContain('127.0.0.1');
    expect(hostNames('0.0.0.0').names).toContain('localhost');
    expect(hostNames('pacs.example').names).toContain('pacs.example');
    expect(hostNames('10.9.8.7').addresses).toContain('10.9.8.7');
    expect(hostNames('0.0.0.0').addresses).not.toContain('0.0.0.0');
    expect(reachableHost('127.0.0.1')).toBe('127.0.0.1');
    expect(reachableHost('::1')).toBe('[::1]');
    expect(reachableHost('0.0.0.0')).not.toBe('0.0.0.0');
  });
});
