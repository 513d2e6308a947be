import { createApi, NO_METER } from '@filmless/access';
import { SendBuffers } from '@filmless/dicom';
import { Turns } from '@filmless/disk';
import { acceptorPolicy } from './aes/acceptor-policy.ts';
import { AeDirectory } from './aes/ae-directory.ts';
import { RefusalAudit } from './aes/refusal-audit.ts';
import { isStored } from './aes/service-classes.ts';
import { accountIdentity } from './aes/user-identity.ts';
import { AssociationJournal } from './association-journal.ts';
import { openCommitment } from './commitment/open-commitment.ts';
import { SYSTEM_CLOCK } from './destinations/clock.ts';
import { Deliveries } from './destinations/deliveries.ts';
import { DestinationDirectory } from './destinations/destination-directory.ts';
import { sendToNode } from './destinations/node-sender.ts';
import { TlsKeeper } from './destinations/tls-keeper.ts';
import { messageOf, RouterError } from './errors.ts';
import { addAeRoutes } from './http/aes.ts';
import { addAssociationRoutes } from './http/associations.ts';
import { addCommitmentRoutes } from './http/commitments.ts';
import { addDestinationRoutes } from './http/destinations.ts';
import { problemOfRouter } from './http/problems.ts';
import { addQueueRoutes } from './http/queues.ts';
import type { RouterContext } from './http/router-context.ts';
import { addStationRoutes } from './http/stations.ts';
import { type RouterLimits, routerLimits } from './limits.ts';
import { problemsOf } from './problems.ts';
import { QueryAudit } from './query/query-audit.ts';
import { openRouterDatabase } from './records/router-database.ts';
import type { Router, RouterOptions } from './router.ts';
import { createServe } from './serve.ts';
import { StoreAudit } from './store-audit.ts';
import { type Acceptor, type AcceptorOptions, listen } from './ul/acceptor.ts';

/**
 * Opens the router's database, takes up open deliveries and listens.
 * @throws when the port is taken or the database cannot be opened
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const limits = routerLimits(options.limits);
  await using opened = new AsyncDisposableStack();
  const context = await openContext(options, limits, opened);
  const acceptor = opened.use(await startAcceptor(options, context));
  const app = createApi(options.log, problemOfRouter);
  addAeRoutes(app, context);
  addStationRoutes(app, context);
  addDestinationRoutes(app, context);
  addQueueRoutes(app, context);
  addCommitmentRoutes(app, context);
  addAssociationRoutes(app, context);
  const resources = opened.move();
  return {
    app,
    dicomPort: acceptor.port,
    dicomTlsPort: acceptor.securePort,
    renewTls: (material) => {
      context.tls.renew(material);
      if (context.tls.service !== undefined) {
        acceptor.renew(context.tls.service);
      }
    },
    get associations() {
      return acceptor.associations;
    },
    problems: () => problemsOf(acceptor, context.database, limits),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openContext(options: RouterOptions, limits: RouterLimits, opened: AsyncDisposableStack): Promise<RouterContext> {
  const { aeTitle, archiveFetch, log, access } = options;
  const clock = options.clock ?? SYSTEM_CLOCK;
  const database = opened.use(await openRouterDatabase(options.dataDir));
  const journal = opened.use(new AssociationJournal(database, limits, clock, log));
  const aes = await AeDirectory.open(database, {
    configured: options.aes ?? [],
    unknownAes: options.unknownAes,
    defaultFacility: options.defaultFacility,
    limit: limits.knownAes,
  });
  const destinations = await DestinationDirectory.open(database, options.destinations ?? [], limits.destinations);
  const tls = new TlsKeeper(options.tls?.material);
  const buffers = sendBuffers(limits);
  const sender = { archiveFetch, aeTitle, limits, tls, buffers, meter: options.meter ?? NO_METER };
  const deliveries = opened.use(
    await Deliveries.open(
      {
        database,
        clock,
        limits,
        log,
        send: (destination, due, report, signal) => sendToNode(sender, destination, due, report, signal),
      },
      destinations,
    ),
  );
  const commitment = opened.use(await openCommitment(options, { database, aes, destinations, deliveries, clock, limits, tls }));
  return { access, aeTitle, aes, buffers, commitment, database, deliveries, destinations, journal, limits, log, tls };
}

function sendBuffers(limits: RouterLimits): SendBuffers {
  return new SendBuffers({
    buffer: limits.sendBufferBytes,
    buffersOut: limits.sendBuffers,
    buffersKept: limits.sendBuffersKept,
    smallBuffer: limits.smallSendBufferBytes,
  });
}

/** @throws RouterError `invalid-request` where a certificate is missing */
function secureListener({ tls: options }: RouterOptions, { service }: TlsKeeper): AcceptorOptions['secure'] {
  if (options?.listen === undefined) {
    return undefined;
  }
  if (service === undefined) {
    throw new RouterError('invalid-request', 'a port for TLS needs a certificate');
  }
  return { port: options.listen.port, service };
}

/** The listener goes first at the end, so that what is under way can still be stored and queued. */
async function startAcceptor(options: RouterOptions, context: RouterContext): Promise<Acceptor> {
  const { aes, buffers, commitment, journal, limits, log, deliveries, tls } = context;
  const unknownSopClasses = options.unknownSopClasses ?? false;
  const refusals = new RefusalAudit(options.access, log, () => performance.now());
  return await listen({
    host: options.host,
    port: options.port,
    secure: secureListener(options, tls),
    limits,
    policy: acceptorPolicy({
      aeTitle: options.aeTitle,
      rights: (title) => aes.rights(title),
      unknownSopClasses,
      identity: accountIdentity(options.access, log, () => performance.now()),
      tlsClients: options.tls?.listen?.clients,
    }),
    serve: createServe({
      aeTitle: options.aeTitle,
      aes,
      archiveFetch: options.archiveFetch,
      buffers,
      facilities: () => options.access.facilities(),
      clock: options.clock ?? SYSTEM_CLOCK,
      commitment,
      queryAudit: new QueryAudit(options.access, log, () => performance.now()),
      receiving: {
        reception: options.reception,
        deposit: options.deposit,
        aes,
        deliveries,
        inspections: new Turns(limits.inspections),
        meter: options.meter ?? NO_METER,
      },
      journal,
      audit: new StoreAudit(options.access, log, () => performance.now()),
      limits,
      log,
      tls,
      stores: (sopClassUid) => isStored(sopClassUid, unknownSopClasses),
    }),
    refused: (refused) => {
      const { id, address, callingAe = '', calledAe = '', detail } = refused;
      refusals.note(refused);
      log.warn({ association: id, address, callingAe, calledAe, detail }, 'association.refused');
      journal.add({
        association: id,
        duration_ms: 0,
        calling_ae: callingAe,
        called_ae: calledAe,
        address,
        outcome: 'refused',
        detail,
        stored: 0,
        failed: 0,
      });
    },
    failed: (error, id) =>
      log.error({ ...(id === undefined ? {} : { association: id }), problem: messageOf(error) }, 'dicom.failed'),
  });
}
