import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { createFilmless, type Filmless } from '../../src/index.ts';
import { ADMIN_TOKEN, memoryLog } from '../doubles.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-dicom-tls-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A whole server on free ports, over a folder of its own. */
async function open(aeTitle: string, ...words: readonly string[]): Promise<Filmless> {
  const data = join(folder, aeTitle);
  const config = loadConfig({
    arguments: ['--http-port=0', '--dicom-port=0', '--data', data, '--ae-title', aeTitle, ...words],
    environment: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN },
    workingDirectory: folder,
  });
  return await createFilmless({ config, log: memoryLog() });
}

const readTls = (aeTitle: string, name: string) => readFile(join(folder, aeTitle, 'tls', name), 'utf8');

async function api(filmless: Filmless, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(`${filmless.httpUrl}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return await response.json();
}

describe('two servers that speak DICOM over TLS', () => {
  it('show the certificate of their own authority to each other, and demand one', async () => {
    await using first = await open('FIRST', '--dicom-tls-port=0');
    const authorities = join(folder, 'authorities.pem');
    await writeFile(authorities, await readTls('FIRST', 'ca.crt'));
    await using second = await open('SECOND', '--dicom-tls-port=0', '--dicom-tls-ca', authorities);
    expect(first.dicomTlsAddress).toMatch(/^FIRST@127\.0\.0\.1:\d+$/);
    expect(first.dicomTlsAddress).not.toBe(first.dicomAddress);
    const [, port] = second.dicomTlsAddress?.split(':') ?? [];
    const ae = { host: '127.0.0.1', port: Number(port), may: ['echo'], facility: 'main' };
    await api(second, 'PUT', '/api/aes/FIRST', { may: ['echo'], facility: 'main', tls: true });
    // The first believes the authorities of the web alone.
    await api(first, 'PUT', '/api/aes/SECOND', { ...ae, tls: true });
    expect(await api(first, 'POST', '/api/aes/SECOND/echo')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('is not believed here: give it by --dicom-tls-ca'),
    });
    const fingerprint = new X509Certificate(await readTls('SECOND', 'server.crt')).fingerprint256;
    await api(first, 'PUT', '/api/aes/SECOND', { ...ae, tls: { fingerprint } });
    expect(await api(first, 'POST', '/api/aes/SECOND/echo')).toMatchObject({ ok: true });
    expect(await api(first, 'GET', '/readyz')).toMatchObject({ ready: true });
    expect(await api(second, 'GET', '/api/session')).toMatchObject({ dicom: { aeTitle: 'SECOND', tlsPort: Number(port) } });
  });

  it('say which option is wrong when the port is taken', async () => {
    await using first = await open('FIRST', '--dicom-tls-port=0');
    const [, port = ''] = first.dicomTlsAddress?.split(':') ?? [];
    await expect(open('SECOND', '--dicom-tls-port', port)).rejects.toThrow(
      /Port \d+ on 127\.0\.0\.1 is in use.*--dicom-tls-port/,
    );
  });
});
