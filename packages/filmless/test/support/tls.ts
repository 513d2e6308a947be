import { join } from 'node:path';
import { localIdentity } from '../../src/tls/local-authority.ts';

/** What a peer shows and believes: files, PEM. */
export interface PeerTls {
  /** Of whom it believes. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Where a peer calls us by TLS, and with what. */
export interface SecureLine {
  readonly port: number;
  readonly tls: PeerTls;
}

/** Makes an authority and a certificate of it, for peers on this machine: `ca.crt`, `server.crt` and `server.key` in the folder. */
export async function makePeerIdentity(folder: string): Promise<void> {
  await localIdentity(folder, { names: ['localhost'], addresses: ['127.0.0.1'] }, Date.now());
}

/** What a peer with the identity in `folder` shows to the product with this data directory, and believes. */
export function peerTls(folder: string, data: string): PeerTls {
  return { ca: join(data, 'tls', 'ca.crt'), cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
}
