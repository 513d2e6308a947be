import { setTimeout as wait } from 'node:timers/promises';
import type { Product } from '../../support/product.ts';
import type { SmallInstance } from '../instances.ts';
import { stow } from '../load.ts';
import type { Entry } from '../store/patient-load.ts';
import { instancePath } from './cluster-load.ts';

const SERVICES = ['STOW', 'WADO', 'QIDO'] as const;
export type Service = (typeof SERVICES)[number];

const PAUSE_MS = 300;
/** Twice what the archive waits for a database or a store. */
const PATIENCE_MS = 40_000;

/**
 * Asks each server each service until it refuses, or the time is over; gives what answered otherwise than 503 with a time to come again,
 * in words. `kept` is an instance that all have, `fresh` one that none has.
 */
export async function faultsOfOutage(
  servers: readonly Product[],
  refused: readonly Service[],
  { kept, fresh, forMs }: { readonly kept: Entry; readonly fresh: SmallInstance; readonly forMs: number },
): Promise<readonly string[]> {
  const until = Date.now() + forMs;
  const asks: Readonly<Record<Service, (server: Product) => Promise<Response>>> = {
    STOW: (server) => stow(server, [fresh.file]),
    WADO: (server) => server.fetch(instancePath(kept)),
    QIDO: (server) => server.fetch(`/dicom-web/instances?SOPInstanceUID=${kept.sop}`),
  };
  const each = servers.flatMap((server, at) =>
    refused.map(async (service) => {
      let heard = 'nothing';
      do {
        const response = await Promise.race([asks[service](server), wait(PATIENCE_MS)]);
        if (response === undefined) {
          return `${service} at ${at}: no answer within ${PATIENCE_MS / 1000} s`;
        }
        const text = await response.text();
        heard = `${response.status}, Retry-After ${response.headers.get('retry-after')}: ${text.slice(0, 200)}`;
        if (response.status === 503) {
          return /^\d+$/.test(response.headers.get('retry-after') ?? '') && text.length > 2
            ? undefined
            : `${service} at ${at}: ${heard}`;
        }
        await wait(PAUSE_MS);
      } while (Date.now() < until);
      return `${service} at ${at}: ${heard}`;
    }),
  );
  return (await Promise.all(each)).filter((fault) => fault !== undefined);
}
