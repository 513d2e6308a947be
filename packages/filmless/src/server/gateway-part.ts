import { join } from 'node:path';
import type { AppEnv, Subject } from '@filmless/access';
import type { Archive, CentreStanding } from '@filmless/archive';
import type { ArchiveFetch, Destination, Router } from '@filmless/dicom-router';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Config } from '../config/model.ts';
import { storeFolder } from '../config/values.ts';
import type { Ask } from '../gateway/ask.ts';
import { CentreClient } from '../gateway/centre-client.ts';
import { CentreReceipts } from '../gateway/centre-receipts.ts';
import { Gateway } from '../gateway/gateway.ts';
import { gatewayFetch } from '../gateway/gateway-fetch.ts';
import { gatewayRoutes } from '../gateway/gateway-routes.ts';
import { heldByDicomWeb, heldByFilmless } from '../gateway/held-at-centre.ts';
import { LocalCopies } from '../gateway/local-copies.ts';
import { readAuthorities } from '../tls/certificate-files.ts';
import { type Room, roomOf } from './disk-space.ts';
import { inProcess, type PartContext } from './parts.ts';

/** What makes a Filmless the gateway of a remote site. */
export interface GatewayPart extends AsyncDisposable {
  readonly app: OpenAPIHono<AppEnv>;
  /** How its router asks. */
  readonly router: {
    readonly archiveFetch: (local: ArchiveFetch) => ArchiveFetch;
    readonly safeAt: ArchiveFetch;
    readonly fixedDestinations: readonly Destination[];
    readonly changed: (studyInstanceUid: string) => void;
  };
  /** What the centre says of a study; undefined where it is a DICOMweb service alone, which has no receipts. */
  readonly centre: ((studyInstanceUid: string) => Promise<CentreStanding>) | undefined;
  /** The router is there: from now on copies may be removed here. */
  begin(router: Pick<Router, 'deliveriesOf'>): void;
  warnings(): readonly string[];
}

/** The gateway at work in the archive here: it writes down the centre's orders. */
const GATEWAY_SERVICE: Subject = {
  kind: 'service',
  id: 'gateway',
  name: 'gateway',
  rights: new Set(['view', 'edit']),
  facilities: 'all',
};

/** The destination that is the centre. */
const CENTRE = 'archive';

/** Undefined in every role but that of a router alone. */
export async function openGateway({ config, access, log }: PartContext, archive: Archive): Promise<GatewayPart | undefined> {
  const { centre, dataDir } = config;
  if (centre === undefined) {
    return undefined;
  }
  const { kind, url, token, ca, keepMs } = centre;
  const authorities = ca === undefined ? undefined : await readAuthorities(ca, '--archive-ca');
  const client = new CentreClient({ kind, url, token, authorities });
  const { ask } = client;
  const local = askHere(archive);
  const facilities = () => access.facilities().map(({ id }) => id);
  // Any DICOMweb service takes images; only a Filmless has orders.
  const gateway = kind === 'filmless' ? await Gateway.open({ dataDir, centre: ask, local, facilities, log }) : undefined;
  const receipts = new CentreReceipts({ centre: ask, problem: () => gateway?.standing.problem ?? null, now: Date.now });
  const { copies } = archive;
  let localCopies: LocalCopies | undefined;
  const app = gatewayRoutes({ url, gateway, copies: () => localCopies, removed: copies.removed, access, log });
  return {
    app,
    router: {
      archiveFetch: (fetchHere) =>
        gatewayFetch(fetchHere, ask, async (study) => (await copies.removed.find(study)) !== undefined),
      safeAt: (request) => atCentre(ask, request),
      changed: (study) => (gateway === undefined ? undefined : receipts.note(study)),
      fixedDestinations: [
        {
          id: CENTRE,
          kind,
          url,
          when: { callingAes: [], modalities: [], uploads: true },
          enabled: true,
          relay: kind === 'filmless',
          secret: { token },
          ...(authorities === undefined ? {} : { authorities }),
        },
      ],
    },
    centre: gateway === undefined ? undefined : (study) => receipts.of(study),
    begin: (router) => {
      localCopies = new LocalCopies({
        copies,
        deliveriesOf: (study, destination) => router.deliveriesOf(study, destination),
        destination: CENTRE,
        heldAtCentre: kind === 'filmless' ? heldByFilmless(ask) : heldByDicomWeb(ask),
        room: () => roomOfImages(config),
        keepMs,
        audit: (event) => access.audit(event),
        log,
        now: Date.now,
      });
      localCopies.start();
    },
    warnings: () => [...(gateway?.warnings() ?? []), ...(localCopies?.warnings() ?? [])],
    [Symbol.asyncDispose]: async () => {
      await localCopies?.[Symbol.asyncDispose]();
      receipts[Symbol.dispose]();
      await gateway?.[Symbol.asyncDispose]();
      client[Symbol.dispose]();
    },
  };
}

/** Of the disk that the images lie on; undefined where they lie in a bucket. */
async function roomOfImages({ store, dataDir }: Config): Promise<Room | undefined> {
  const folder = storeFolder(store);
  if (folder === undefined) {
    return undefined;
  }
  return await roomOf(folder === '' ? join(dataDir, 'objects') : folder);
}

/** The archive here as the gateway asks it. */
function askHere(archive: Archive): Ask {
  const fetch = inProcess(archive.app, GATEWAY_SERVICE);
  return (path, init) => fetch(new Request(`http://localhost${path}`, init));
}

function atCentre(ask: Ask, { url, headers, signal }: Request): Promise<Response> {
  const { pathname, search } = new URL(url);
  return ask(pathname + search, { headers: Object.fromEntries(headers), signal });
}
