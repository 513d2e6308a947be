import { X509Certificate } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsMaterial } from '@filmless/dicom-router';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/doubles.ts';
import { loadConfig } from '../config/load.ts';
import { localIdentity, type ServerIdentity } from './local-authority.ts';
import { Certificates } from './server-identity.ts';

const DAY = 86_400_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-certificates-'));
  await mkdir(join(folder, 'tls'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = async (...words: readonly string[]) => {
  const config = loadConfig({ arguments: words, environment: {}, workingDirectory: folder });
  const log = memoryLog();
  return { log, certificates: await Certificates.open(config, folder, log) };
};

/** A certificate of some authority, in files; `from` is when it was made. */
async function files(name: string, from = Date.now()): Promise<readonly string[]> {
  const made = join(folder, name);
  await mkdir(made, { recursive: true });
  await localIdentity(made, { names: ['localhost', name], addresses: [] }, from);
  return ['--tls-cert', join(made, 'server.crt'), '--tls-key', join(made, 'server.key')];
}

/** What the listeners were given. */
class Taken {
  readonly http: ServerIdentity[] = [];
  readonly dicom: TlsMaterial[] = [];
  readonly renewed = {
    http: (identity: ServerIdentity) => void this.http.push(identity),
    dicom: (material: TlsMaterial) => void this.dicom.push(material),
  };
}

describe('the certificates', () => {
  it.each<[string, readonly string[], string, number | undefined, boolean]>([
    ['on this machine alone', [], 'none', undefined, false],
    ['on this machine, with a port for DICOM', ['--dicom-tls-port', '0'], 'none', 0, true],
    ['behind a proxy, with a port for DICOM', ['--insecure-http', '--host', '0.0.0.0', '--dicom-tls-port', '0'], 'none', 0, true],
    ['for a hospital', ['--host', '0.0.0.0'], 'local', undefined, true],
    ['for a hospital, with a port for DICOM', ['--host', '0.0.0.0', '--dicom-tls-port', '2763'], 'local', 2763, true],
    ['for an archive alone', ['--role', 'archive', '--dicom-tls-port', '0'], 'none', undefined, false],
  ])('without files, %s', async (_, words, https, port, local) => {
    const { certificates, log } = await open(...words);
    expect(certificates.https.kind).toBe(https);
    expect(certificates.dicom.listen?.port).toBe(port);
    expect(certificates.dicom.material.identity !== undefined).toBe(local);
    expect(certificates.localAuthority !== undefined).toBe(local);
    expect(log.lines).toHaveLength(local ? 1 : 0);
  });

  it('of the operator are shown by both, on the port of IANA unless told', async () => {
    const given = await files('pacs');
    const { certificates } = await open(...given);
    const cert = await readFile(given[1] ?? '', 'utf8');
    expect(certificates.https).toMatchObject({ kind: 'given', identity: { cert } });
    expect(certificates.dicom).toMatchObject({ material: { identity: { cert } }, listen: { port: 2762, clients: 'asked' } });
    expect(certificates.localAuthority).toBeUndefined();
    expect((await open(...given, '--dicom-tls-port', '0')).certificates.dicom.listen?.port).toBe(0);
  });

  it('of our own may be shown to those who are called, too', async () => {
    const { certificates } = await open('--dicom-tls-port', '0');
    const usages = new X509Certificate(certificates.dicom.material.identity?.cert ?? '').keyUsage;
    expect(usages).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('are shown anew soon after files were replaced, and those from before while the new ones will not do', async () => {
    const given = await files('pacs');
    const authorities = join(folder, 'ca.pem');
    await copyFile(join(folder, 'pacs', 'ca.crt'), authorities);
    const { certificates, log } = await open(...given, '--dicom-tls-ca', authorities);
    const taken = new Taken();
    await certificates.renew(taken.renewed);
    expect([taken.http, taken.dicom]).toEqual([[], []]);
    await files('other');
    const [certFile = '', keyFile = ''] = [given[1], given[3]];
    await copyFile(join(folder, 'other', 'server.crt'), certFile);
    await certificates.renew(taken.renewed);
    await certificates.renew(taken.renewed);
    expect(taken.http).toEqual([]);
    expect(log.lines.map(({ event }) => event)).toEqual(['certificates could not be renewed; those from before are shown on']);
    expect(certificates.warnings()).toEqual([expect.stringContaining('do not work together')]);
    await copyFile(join(folder, 'other', 'server.key'), keyFile);
    await copyFile(join(folder, 'other', 'ca.crt'), authorities);
    await certificates.renew(taken.renewed);
    const cert = await readFile(certFile, 'utf8');
    expect(taken.http).toMatchObject([{ cert }]);
    const believed = await readFile(authorities, 'utf8');
    expect(taken.dicom).toMatchObject([{ identity: { cert }, authorities: believed.trim() }]);
    expect(certificates.warnings()).toEqual([]);
  });

  it('warn before they end, and after', async () => {
    const { certificates } = await open(...(await files('pacs')));
    expect(certificates.warnings(Date.now() + 300 * DAY)).toEqual([]);
    expect(certificates.warnings(Date.now() + 380 * DAY)).toEqual([
      expect.stringMatching(/^The certificate of --tls-cert ends on 20/),
    ]);
    expect(certificates.warnings(Date.now() + 400 * DAY)).toEqual([expect.stringContaining('ended on 20')]);
  });

  it('of authorities that are none are refused', async () => {
    const file = join(folder, 'ca.pem');
    await expect(open('--dicom-tls-ca', file)).rejects.toThrow('--dicom-tls-ca: ');
    await writeFile(file, 'nothing');
    await expect(open('--dicom-tls-ca', file)).rejects.toThrow('holds no certificate');
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await expect(open('--dicom-tls-ca', file)).rejects.toThrow('certificate 1 in');
  });
});
