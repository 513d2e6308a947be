import type { Meter } from '@filmless/access';
import type { RouterLimits } from '../../limits.ts';
import type { Delivery } from '../../records/deliveries.ts';
import type { WebDestination } from '../../routing/destination.ts';
import { wholeSeriesOf } from '../archived-instances.ts';
import type { Clock } from '../clock.ts';
import type { OpenFile, OpenRow } from '../part10.ts';
import type { TlsKeeper } from '../tls-keeper.ts';
import type { Transport } from '../transport.ts';
import { openHttpClient } from './http-client.ts';
import { sendByStow } from './stow-sender.ts';
import { sendByUpload } from './upload-sender.ts';

export interface WebTransportOptions {
  readonly openFile: OpenFile;
  readonly openRow?: OpenRow;
  readonly limits: RouterLimits;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly tls: TlsKeeper;
}

/** A server that speaks DICOMweb; to another Filmless large instances go by upload, which goes on where it was broken off. */
export function webTransport(options: WebTransportOptions, destination: WebDestination): Transport {
  const { kind, url, secret = {}, relay = false, tls, authorities } = destination;
  const { token, cert, key } = secret;
  const { limits, clock, meter } = options;
  const zstd = { accepted: kind === 'filmless' };
  const path = kind === 'filmless' ? '/dicom-web/studies' : '/studies';
  const isLarge = ({ bytes }: Delivery) => kind === 'filmless' && (bytes ?? 0) > limits.stowInstanceBytes;
  return {
    send: async (deliveries, report, outgoing) => {
      using client = openHttpClient({
        url,
        token,
        tls,
        authorities,
        identity: cert === undefined || key === undefined ? undefined : { cert, key },
        tlsKeeper: options.tls,
        limits,
      });
      const row = options.openRow?.(wholeSeriesOf(deliveries), outgoing.signal);
      const openFile: OpenFile = (delivery, signal) => options.openFile(delivery, signal, row);
      const common = { client, limits, clock, meter, relay };
      try {
        for (const run of runs(deliveries, isLarge)) {
          await (run.large
            ? sendByUpload({ ...common, openFile: options.openFile }, run.deliveries, report, outgoing)
            : sendByStow({ ...common, openFile, path, zstd }, run.deliveries, report, outgoing));
        }
      } finally {
        await row?.close();
      }
    },
  };
}

interface Run {
  readonly large: boolean;
  readonly deliveries: Delivery[];
}

/** Neighbours of one kind together, in their order. */
function runs(deliveries: readonly Delivery[], isLarge: (delivery: Delivery) => boolean): readonly Run[] {
  const found: Run[] = [];
  for (const delivery of deliveries) {
    const large = isLarge(delivery);
    const last = found.at(-1);
    if (last?.large === large) {
      last.deliveries.push(delivery);
    } else {
      found.push({ large, deliveries: [delivery] });
    }
  }
  return found;
}
