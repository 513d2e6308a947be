import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './storescp.ts';

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

export async function startOrthanc(node: KnownNode, aeTitle = 'ORTHANC'): Promise<Orthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-orthanc-'));
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const config = {
    Name: 'peer',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomAet: aeTitle,
    DicomModalities: { [node.name]: [node.aeTitle, '127.0.0.1', node.port] },
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    OverwriteInstances: true,
    Plugins: [],
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
