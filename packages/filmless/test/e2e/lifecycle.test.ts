import { request } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFilmless } from '../../src/index.ts';
import { ADMIN_TOKEN, doubleParts, startDouble } from '../doubles.ts';

const BEARER = { authorization: `Bearer ${ADMIN_TOKEN}` };

describe('starting and stopping', () => {
  it('stops within a second though a browser listens for events, and closes what stores last', async () => {
    const events: string[] = [];
    await using started = await startDouble([], { parts: doubleParts({ events }) });
    const response = await fetch(`${started.filmless.httpUrl}/api/events`, { headers: BEARER });
    const reader = response.body?.getReader();
    await reader?.read();
    const start = performance.now();
    await started.filmless[Symbol.asyncDispose]();
    expect(performance.now() - start).toBeLessThan(1000);
    expect(events).toEqual(['router closed', 'archive closed']);
    await expect(reader?.read()).rejects.toThrow();
    await expect(fetch(`${started.filmless.httpUrl}/healthz`)).rejects.toThrow();
  });

  it('lets an upload that is under way finish before it stops', async () => {
    await using started = await startDouble();
    let more: ((chunk: Uint8Array | undefined) => void) | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(1000));
        more = (chunk) => (chunk === undefined ? controller.close() : controller.enqueue(chunk));
      },
    });
    const options = { method: 'POST', body, headers: BEARER, duplex: 'half' } as const;
    const answer = fetch(`${started.filmless.httpUrl}/dicom-web/studies`, options);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = started.filmless[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 100));
    more?.(new Uint8Array(500));
    more?.(undefined);
    expect(await (await answer).json()).toEqual({ size: 1500 });
    await stopped;
  });

  it('refuses a second server on the same data, and closes what it had opened when a part fails', async () => {
    await using first = await startDouble();
    const { config, log } = first;
    await expect(createFilmless({ config, log, parts: doubleParts() })).rejects.toThrow('in use by process');
    await first.filmless[Symbol.asyncDispose]();
    const events: string[] = [];
    const parts = doubleParts({ events });
    const failing = { ...parts, openRouter: () => Promise.reject(new Error('no port')) };
    await expect(createFilmless({ config, log, parts: failing })).rejects.toThrow('no port');
    expect(events).toEqual(['archive closed']);
    await using again = await createFilmless({ config, log, parts: doubleParts() });
    expect(again.httpUrl).toMatch(/^http:/);
  });

  it('says which port is taken and what to do', async () => {
    await using first = await startDouble();
    const port = new URL(first.filmless.httpUrl).port;
    const onSamePort = createFilmless({
      config: { ...first.config, dataDir: join(first.folder, 'other'), httpPort: Number(port) },
      log: first.log,
      parts: doubleParts(),
    });
    await expect(onSamePort).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    await expect(startDouble(['--host=203.0.113.7', '--insecure-http'])).rejects.toThrow('not an address of this machine');
  });

  it('names its problems and is not ready', async () => {
    await using started = await startDouble([], { parts: doubleParts({ problems: ['The disk is full.'] }) });
    const response = await fetch(`${started.filmless.httpUrl}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, problems: ['The disk is full.'] });
  });

  it('says that the viewer was not built', async () => {
    await using started = await startDouble([], { viewerFolder: '/nowhere' });
    const response = await fetch(`${started.filmless.httpUrl}/`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm start');
  });

  it('runs an archive alone without a DICOM listener', async () => {
    await using started = await startDouble(['--role=archive']);
    expect(started.filmless.dicomAddress).toBeUndefined();
  });

  it('serves beyond this machine by HTTPS of its own making, and hands out the authority', async () => {
    await using started = await startDouble(['--host=0.0.0.0']);
    const { httpUrl } = started.filmless;
    expect(httpUrl).toMatch(/^https:\/\//);
    const port = Number(new URL(httpUrl).port);
    const ask = (path: string, ca?: string) =>
      new Promise<{ readonly status: number; readonly body: string; readonly transport: string | undefined }>(
        (resolve, reject) => {
          const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
          get({ host: 'localhost', port, path, agent: false, family: 4, ...trust }, (response) => {
            let body = '';
            response.on('data', (text) => {
              body += String(text);
            });
            const transport = response.headers['strict-transport-security'];
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body, transport }));
          }).on('error', reject);
        },
      );
    const { body: ca } = await ask('/ca.crt');
    expect(ca).toContain('BEGIN CERTIFICATE');
    expect(await ask('/healthz', ca)).toMatchObject({ status: 200, transport: undefined });
    expect(started.log.lines.map(({ event }) => event).join()).toContain('local certificate authority');
  });

  it('believes a reverse proxy on this machine, when told that there is one', async () => {
    await using started = await startDouble(['--insecure-http']);
    const { httpUrl } = started.filmless;
    const headers = {
      host: 'pacs.hospital.example',
      'content-type': 'application/json',
      'x-forwarded-for': '9.9.9.9, 10.1.2.3',
      'x-forwarded-proto': 'https',
    };
    const signIn = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(httpUrl);
      const sent = request({ hostname, port, path: '/api/session', method: 'POST', headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end('{"username":"admin","password":"x"}');
    });
    expect(signIn).toBe(401);
    const audit = await fetch(`${httpUrl}/api/audit?limit=1`, { headers: BEARER });
    expect(await audit.json()).toMatchObject({ lines: [{ address: '10.1.2.3' }] });
  });
});
