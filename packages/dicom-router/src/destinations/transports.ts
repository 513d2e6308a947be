import type { Meter } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { Calls } from '../calls.ts';
import type { Deidentification } from '../derive/deidentification.ts';
import type { RouterLimits } from '../limits.ts';
import type { ArchiveFetch } from '../router.ts';
import type { Clock } from './clock.ts';
import { folderTransport } from './folder-transport.ts';
import { sendToNode } from './node-sender.ts';
import { outgoingFiles, outgoingRows } from './part10.ts';
import type { TlsKeeper } from './tls-keeper.ts';
import type { OpenTransport } from './transport.ts';
import { watchedTransport } from './watched-transport.ts';
import { webTransport } from './web/web-transport.ts';

export interface TransportOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly buffers: SendBuffers;
  readonly calls: Calls;
  readonly clock: Clock;
  readonly deidentification: Deidentification;
  readonly limits: RouterLimits;
  readonly meter: Meter;
  readonly tls: TlsKeeper;
}

/** How each kind of destination is sent to. */
export function transports(options: TransportOptions): OpenTransport {
  const files = { ...options, openFile: outgoingFiles(options), openRow: outgoingRows(options) };
  return (destination) => {
    switch (destination.kind) {
      case 'dicom':
        return { send: (due, report, outgoing) => sendToNode(options, destination, due, report, outgoing) };
      case 'dicomweb':
      case 'filmless':
        return watchedTransport(webTransport(files, destination), destination, options.calls);
      case 'folder':
        return watchedTransport(folderTransport(files, destination), destination, options.calls);
    }
  };
}
