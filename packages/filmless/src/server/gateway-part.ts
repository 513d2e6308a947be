import { type AppEnv, createApi, type Subject } from '@filmless/access';
import type { Archive } from '@filmless/archive';
import type { ArchiveFetch, Destination } from '@filmless/dicom-router';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Ask } from '../gateway/ask.ts';
import { CentreClient } from '../gateway/centre-client.ts';
import { Gateway } from '../gateway/gateway.ts';
import { gatewayFetch } from '../gateway/gateway-fetch.ts';
import { readAuthorities } from '../tls/certificate-files.ts';
import { inProcess, type PartContext } from './parts.ts';

/** What makes a Filmless the gateway of a remote site. */
export interface GatewayPart extends AsyncDisposable {
  readonly app: OpenAPIHono<AppEnv>;
  /** How its router asks. */
  readonly router: {
    readonly archiveFetch: (local: ArchiveFetch) => ArchiveFetch;
    readonly safeAt: ArchiveFetch;
    readonly fixedDestinations: readonly Destination[];
  };
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

const Standing = z
  .object({
    centre: z.string(),
    reachedAt: z.string().nullable().openapi({ description: 'when it answered last; null: not since the start' }),
    problem: z.string().nullable().openapi({ description: 'why it does not answer now' }),
    ordersAsOf: z.string().nullable().openapi({ description: 'of when the worklist is' }),
  })
  .openapi('Gateway');

/** Undefined in every role but that of a router alone. */
export async function openGateway(
  { config: { centre, dataDir }, access, log }: PartContext,
  archive: Archive,
): Promise<GatewayPart | undefined> {
  if (centre === undefined) {
    return undefined;
  }
  const { kind, url, token, ca } = centre;
  const authorities = ca === undefined ? undefined : await readAuthorities(ca, '--archive-ca');
  const client = new CentreClient({ kind, url, token, authorities });
  const { ask } = client;
  const local = askHere(archive);
  const facilities = () => access.facilities().map(({ id }) => id);
  // Any DICOMweb service takes images; only a Filmless has orders.
  const gateway = kind === 'filmless' ? await Gateway.open({ dataDir, centre: ask, local, facilities, log }) : undefined;
  const app = createApi(log);
  const route = createRoute({
    method: 'get',
    path: '/api/gateway',
    tags: ['gateway'],
    summary: 'How the gateway of a remote site stands to its centre',
    middleware: access.guard('view'),
    responses: { 200: { description: 'Now', content: { 'application/json': { schema: Standing } } } },
  });
  const none = { reachedAt: null, problem: null, ordersAsOf: null };
  app.openapi(route, (c) => c.json({ centre: url, ...(gateway?.standing ?? none) }, 200));
  return {
    app,
    router: {
      archiveFetch: (fetchHere) => gatewayFetch(fetchHere, ask),
      safeAt: (request) => atCentre(ask, request),
      fixedDestinations: [
        {
          id: 'archive',
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
    warnings: () => gateway?.warnings() ?? [],
    [Symbol.asyncDispose]: async () => {
      await gateway?.[Symbol.asyncDispose]();
      client[Symbol.dispose]();
    },
  };
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
