import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, listening, type PeerServer, startPeer } from './run-peer.ts';

/** What a peer shows and believes: files, PEM. */
export interface PeerTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface OrthancOptions {
  /** Where it keeps what it has; there is one Orthanc to a folder. */
  readonly folder: string;
  readonly aeTitle: string;
  /** With it, it is called by TLS alone, and can call others so. */
  readonly tls?: PeerTls | undefined;
  /** Whom it knows, as `DicomModalities` has it. */
  readonly nodes?: Readonly<Record<string, object>>;
  /** A folder of worklist files, answered by its plugin. */
  readonly worklists?: string;
}

export interface OrthancServer extends PeerServer {
  readonly url: string;
}

export async function startOrthanc({ folder, aeTitle, tls, nodes = {}, worklists }: OrthancOptions): Promise<OrthancServer> {
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const secure =
    tls === undefined
      ? {}
      : {
          DicomTlsEnabled: true,
          DicomTlsCertificate: tls.cert,
          DicomTlsPrivateKey: tls.key,
          DicomTlsTrustedCertificates: tls.ca,
        };
  const config = {
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomAet: aeTitle,
    ...secure,
    DefaultEncoding: 'Utf8',
    DicomModalities: nodes,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowFind: true,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    Plugins: worklists === undefined ? [] : ['/usr/share/orthanc/plugins/libModalityWorklists.so'],
    ...(worklists === undefined ? {} : { Worklists: { Enable: true, Database: worklists } }),
  };
  const file = join(folder, 'orthanc.json');
  await writeFile(file, JSON.stringify(config));
  const server = await startPeer(
    '/usr/sbin/Orthanc',
    () => [file],
    () => listening(httpPort).then(() => listening(dicomPort)),
  );
  return {
    port: dicomPort,
    url: `http://127.0.0.1:${httpPort}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
