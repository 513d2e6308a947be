import { createApi, NO_METER } from '@filmless/access';
import { SendBuffers } from '@filmless/dicom';
import { Turns } from '@filmless/disk';
import { acceptorPolicy } from './aes/acceptor-policy.ts';
import { AeDirectory } from './aes/ae-directory.ts';
import { RefusalAudit } from './aes/refusal-audit.ts';
import { isStored } from './aes/service-classes.ts';
import { accountIdentity } from './aes/user-identity.ts';
import { Arrivals } from './arrivals/arrivals.ts';
import { AssociationJournal } from './association-journal.ts';
import { openCommitment } from './commitment/open-commitment.ts';
import { openDeidentification } from './derive/deidentification.ts';
import { SYSTEM_CLOCK } from './destinations/clock.ts';
import { Deliveries } from './destinations/deliveries.ts';
import { DestinationDirectory } from './destinations/destination-directory.ts';
import { Sharing } from './destinations/sharing.ts';
import { studyDeliveries } from './destinations/study-deliveries.ts';
import { TlsKeeper } from './destinations/tls-keeper.ts';
import { transports } from './destinations/transports.ts';
import { CallJournal } from './doctor/call-journal.ts';
import { Contacts, silentMachines } from './doctor/contacts.ts';
import { astrayEntry, refusedEntry } from './doctor/refused-entry.ts';
import { messageOf, RouterError } from './errors.ts';
import { addAeRoutes } from './http/aes.ts';
import { addAssociationProblemRoutes } from './http/association-problems.ts';
import { addAssociationRoutes } from './http/associations.ts';
import { addCommitmentRoutes } from './http/commitments.ts';
import { addDeidentificationRoutes } from './http/deidentification.ts';
import { addDeidentificationPreviewRoute } from './http/deidentification-preview.ts';
import { addDestinationRoutes } from './http/destinations.ts';
import { problemOfRouter } from './http/problems.ts';
import { addQueueChangeRoutes } from './http/queue-changes.ts';
import { addQueueRoutes } from './http/queues.ts';
import type { RouterContext } from './http/router-context.ts';
import { addRuleEditRoute } from './http/rule-edit.ts';
import { addRuleTestRoute } from './http/rule-test.ts';
import { addRuleRoutes } from './http/rules.ts';
import { addStationRoutes } from './http/stations.ts';
import { type RouterLimits, routerLimits } from './limits.ts';
import { problemsOf } from './problems.ts';
import { QueryAudit } from './query/query-audit.ts';
import { createTransfers } from './receipts/study-transfers.ts';
import { openRouterDatabase } from './records/router-database.ts';
import type { Router, RouterOptions } from './router.ts';
import { RuleBook } from './rules/rule-book.ts';
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
  const parts = await openContext(options, limits, opened);
  const acceptor = opened.use(await startAcceptor(options, parts));
  const own = { aeTitle: options.aeTitle, port: acceptor.port, tlsPort: acceptor.securePort };
  const context: RouterContext = { ...parts, own: () => own };
  const app = createApi(options.log, problemOfRouter);
  addAeRoutes(app, context);
  addStationRoutes(app, context);
  addDestinationRoutes(app, context);
  addQueueRoutes(app, context);
  addQueueChangeRoutes(app, context);
  addRuleRoutes(app, context);
  addRuleEditRoute(app, context);
  addRuleTestRoute(app, context);
  addCommitmentRoutes(app, context);
  addDeidentificationRoutes(app, context);
  addDeidentificationPreviewRoute(app, context);
  addAssociationRoutes(app, context);
  addAssociationProblemRoutes(app, context);
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
    arrived: (instance, source, isNew) => context.arrivals.arrived(instance, source, {}, isNew),
    transfers: createTransfers(context),
    deliveriesOf: (study, destination) => studyDeliveries(context.database, study, destination),
    silentMachines: () => silentMachines(context),
    astray: (address, first) => {
      const entry = astrayEntry(address, first);
      if (entry !== undefined) {
        context.journal.add(entry);
      }
    },
    problems: () => problemsOf(acceptor, context.database, limits),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** What there is before anything listens. */
type Parts = Omit<RouterContext, 'own'>;

async function openContext(options: RouterOptions, limits: RouterLimits, opened: AsyncDisposableStack): Promise<Parts> {
  const { aeTitle, archiveFetch, log, access } = options;
  const clock = options.clock ?? SYSTEM_CLOCK;
  const database = opened.use(await openRouterDatabase(options.dataDir));
  const aes = await AeDirectory.open(database, {
    configured: options.aes ?? [],
    unknownAes: options.unknownAes,
    defaultFacility: options.defaultFacility,
    limit: limits.knownAes,
  });
  const contacts = await Contacts.open(database, { limits, now: clock.now(), listed: (title) => aes.find(title) !== undefined });
  const journal = opened.use(new AssociationJournal({ database, limits, clock, log, contacts }));
  const calls = new CallJournal(journal);
  const destinations = await DestinationDirectory.open(database, {
    configured: options.destinations ?? [],
    fixed: options.fixedDestinations ?? [],
    limit: limits.destinations,
  });
  const deidentification = await openDeidentification(database, options.deidentification ?? []);
  const rules = await openRules(options, { database, clock, deidentification, destinations, limits });
  const tls = new TlsKeeper(options.tls?.material);
  const buffers = sendBuffers(limits);
  const parts = { aeTitle, buffers, calls, clock, database, deidentification, destinations, limits, log, tls };
  const deliveries = opened.use(await openDeliveries(options, parts));
  const arrivals = opened.use(
    new Arrivals({ database, rules, destinations, deliveries, archiveFetch, aeTitle, clock, limits, log }),
  );
  const commitment = opened.use(
    await openCommitment(options, { database, aes, calls, destinations, deliveries, clock, limits, tls }),
  );
  return {
    access,
    aeTitle,
    archiveFetch,
    aes,
    arrivals,
    buffers,
    calls,
    clock,
    commitment,
    contacts,
    database,
    deidentification,
    deliveries,
    destinations,
    journal,
    limits,
    log,
    rules,
    tls,
  };
}

type Sending =
  | 'aeTitle'
  | 'buffers'
  | 'calls'
  | 'clock'
  | 'database'
  | 'deidentification'
  | 'destinations'
  | 'limits'
  | 'log'
  | 'tls';

async function openDeliveries(
  { access, archiveFetch, changed, fixedDestinations = [], meter = NO_METER }: RouterOptions,
  parts: Pick<Parts, Sending>,
) {
  const { clock, database } = parts;
  return await Deliveries.open(
    {
      ...parts,
      random: Math.random,
      changed,
      keepChanged: fixedDestinations.map(({ id }) => id),
      sharing: new Sharing({ database, clock, audit: (event) => access.audit(event) }),
      openTransport: transports({ ...parts, archiveFetch, meter }),
    },
    parts.destinations,
  );
}

/** @throws FaultyRules when those of the configuration are */
async function openRules(
  { access, rules }: RouterOptions,
  {
    database,
    clock,
    deidentification,
    destinations,
    limits,
  }: Pick<Parts, 'database' | 'clock' | 'deidentification' | 'destinations' | 'limits'>,
): Promise<RuleBook> {
  const known = () => ({
    destinations: destinations.list(),
    facilities: access.facilities().map(({ id }) => id),
    profiles: deidentification.names(),
  });
  return await RuleBook.open({ database, limits, known, now: () => clock.now() }, rules);
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
async function startAcceptor(options: RouterOptions, context: Parts): Promise<Acceptor> {
  const { aes, buffers, calls, commitment, journal, limits, log, tls } = context;
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
      calls,
      facilities: () => options.access.facilities(),
      clock: options.clock ?? SYSTEM_CLOCK,
      commitment,
      queryAudit: new QueryAudit(options.access, log, () => performance.now()),
      receiving: {
        reception: options.reception,
        deposit: options.deposit,
        aes,
        arrivals: context.arrivals,
        inspections: new Turns(limits.inspections),
        refused: options.refused,
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
      journal.add(refusedEntry(refused));
    },
    failed: (error, id) =>
      log.error({ ...(id === undefined ? {} : { association: id }), problem: messageOf(error) }, 'dicom.failed'),
  });
}
