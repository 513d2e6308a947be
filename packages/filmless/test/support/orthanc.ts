import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './storescp.ts';
import type { PeerTls } from './tls.ts';

/** An Orthanc of our own, that knows one DICOM node. */
export interface Orthanc extends AsyncDisposable {
  readonly url: string;
  readonly dicomPort: number;
  readonly aeTitle: string;
  post(path: string, body: string | Uint8Array): Promise<unknown>;
  get(path: string): Promise<Response>;
}

export interface KnownNode {
  readonly name: string;
  readonly aeTitle: string;
  readonly port: number;
}

export interface OrthancOptions {
  /** With it, it is called by TLS alone, and calls the node so. */
  readonly tls?: PeerTls;
  /** More keys of its configuration. */
  readonly config?: object;
}

function secure(tls: PeerTls | undefined): object {
  return tls === undefined
    ? {}
    : {
        DicomTlsEnabled: true,
        DicomTlsCertificate: tls.cert,
        DicomTlsPrivateKey: tls.key,
        DicomTlsTrustedCertificates: tls.ca,
      };
}

export async function startOrthanc(node: KnownNode, aeTitle = 'ORTHANC', options: OrthancOptions = {}): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-orthanc-'));
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const config = {
    Name: 'peer',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomAet: aeTitle,
    DicomModalities: {
      [node.name]: { AET: node.aeTitle, Host: '127.0.0.1', Port: node.port, UseDicomTls: options.tls !== undefined },
    },
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    OverwriteInstances: true,
    Plugins: [],
    ...secure(options.tls),
    ...options.config,
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(config));
  const child = spawn('/usr/sbin/Orthanc', [file], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await listening(httpPort);
  await listening(dicomPort);
  const url = `http://127.0.0.1:${httpPort}`;
  return {
    url,
    dicomPort,
    aeTitle,
    get: (path) => fetch(`${url}${path}`),
    async post(path, body) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : new Blob([body.slice()]),
      });
      if (!response.ok) {
        throw new Error(`Orthanc answered ${response.status} to ${path}: ${await response.text()}`);
      }
      return response.json();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
