import { fileURLToPath } from 'node:url';
import { type AppEnv, createAccess, type DicomNode, type Log, type OpenedAccess, type Subject } from '@filmless/access';
import type { Archive, ArrivalListener, Transfers } from '@filmless/archive';
import type { Router } from '@filmless/dicom-router';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { accessPlace, databaseFiles } from '../config/database-places.ts';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/model.ts';
import { openDataDirectory } from '../data-directory.ts';
import { RequestScope } from '../request-scope.ts';
import { reachableHost } from '../tls/host-names.ts';
import { Certificates, type TlsChoice } from '../tls/server-identity.ts';
import { VERSION } from '../version.ts';
import { ClockWatch } from './clock/clock-watch.ts';
import { studiesAhead } from './clock/studies-ahead.ts';
import { composeApp } from './compose-app.ts';
import { type GatewayPart, openGateway } from './gateway-part.ts';
import type { NamedSource } from './health.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { Metrics } from './metrics/metrics.ts';
import { countedDeposit, inProcess, PARTS, type Parts, type RouterPartContext } from './parts.ts';
import { proxiesOf } from './proxies.ts';
import { watchQueues } from './queues.ts';
import { healthSources } from './sources.ts';
import { StaticFiles } from './static-files.ts';
import { tellUpgrades, upgradeCopies } from './upgrades.ts';

/** A running Filmless. Disposing it ends it cleanly. */
export interface Filmless extends AsyncDisposable {
  /** Base URL, as others reach it. */
  readonly httpUrl: string;
  /** `FILMLESS@127.0.0.1:11112`; undefined for an archive alone. */
  readonly dicomAddress: string | undefined;
  /** The same for DICOM over TLS, where that is spoken. */
  readonly dicomTlsAddress: string | undefined;
  /** Sets the administrator's password; only while there is no account. */
  readonly setupLink: string | undefined;
  /** All routes, for whoever walks them. */
  readonly app: OpenAPIHono<AppEnv>;
  readonly archive: Archive;
  readonly router: Router | undefined;
}

export interface FilmlessOptions {
  readonly config: Config;
  readonly log: Log;
  readonly parts?: Parts;
  /** The built viewer; that of the package unless told. */
  readonly viewerFolder?: string;
  /** The scope the log takes its request ids from. */
  readonly scope?: RequestScope;
  /** Further things that `/readyz` tells. */
  readonly sources?: readonly NamedSource[];
}

const VIEWER = fileURLToPath(new URL('../../../viewer/dist', import.meta.url));

/** Opens all parts in order and serves. What was opened is closed again when a later part fails. @throws ConfigError */
export async function createFilmless(options: FilmlessOptions): Promise<Filmless> {
  await using stack = new AsyncDisposableStack();
  const { config, log, parts = PARTS } = options;
  const data = stack.use(await openDataDirectory(config.dataDir));
  const copies = await upgradeCopies(data.path);
  const certificates = stack.use(await Certificates.open(config, data.path, log));
  const tls = certificates.https;
  let ports: Pick<Router, 'dicomPort' | 'dicomTlsPort'> | undefined;
  const dicomNode = () => ports && nodeOf(config, ports);
  let endStreams = (): void => undefined;
  const access = stack.use(await openAccess(config, log, dicomNode, () => endStreams()));
  const listeners = new Listeners();
  const metrics = stack.use(new Metrics({ version: VERSION, connections: () => listeners.connections }));
  const context = { config, access, log, meter: metrics.meter, tls: certificates.dicom };
  const { archive, stores, gateway, router } = await openServices(context, parts, stack);
  ports = router;
  const queues = watchQueues(router);
  stack.use(listeners).router = router;
  metrics.watchData({
    dataDir: data.path,
    databases: databaseFiles(config),
    stores,
    associations: () => router?.associations ?? 0,
    silentMachines: () => router?.silentMachines() ?? 0,
    queues,
  });
  const clock = stack.use(clockWatch(archive, log));
  await tellUpgrades(data.path, copies, log);
  const app = composeApp({
    access,
    mounted: [archive, router, gateway].flatMap((part) => (part === undefined ? [] : [part.app])),
    sources: [
      ...healthSources({ config, access, archive, router, queues }),
      { name: 'centre', warnings: () => gateway?.warnings() ?? [] },
      { name: 'clock', warnings: () => clock.warnings() },
      { name: 'certificates', warnings: () => certificates.warnings() },
      ...(options.sources ?? []),
    ],
    clientTime: clock.clients.middleware(),
    viewer: await StaticFiles.open(options.viewerFolder ?? VIEWER),
    metrics,
    config,
    localAuthority: () => certificates.localAuthority,
    log,
    version: VERSION,
    ...nameChecks(tls, config),
  });
  const http = await startHttpServer({
    host: config.host,
    port: config.httpPort,
    app,
    identity: tls.kind === 'none' ? undefined : tls.identity,
    behindProxy: config.insecureHttp,
    isProxy: proxiesOf(config),
    log,
    scope: options.scope ?? new RequestScope(),
    foreign: (address, first) => router?.astray(address, first),
  });
  listeners.http = http;
  endStreams = () => http.endEventStreams();
  certificates.watch({
    http: (identity) => http.renew(identity),
    dicom: (material) => router?.renewTls(material),
  });
  return running(stack.move(), { config, tls, http, app, router, access, archive });
}

interface Services {
  readonly archive: Archive;
  /** Objects by what became of them. */
  readonly stores: ReadonlyMap<string, number>;
  readonly gateway: GatewayPart | undefined;
  /** Not disposed of here: it ends together with the other listener. */
  readonly router: Router | undefined;
}

/** What keeps images, and what takes them in. */
async function openServices(
  context: RouterPartContext,
  { openArchive, openRouter }: Parts,
  stack: AsyncDisposableStack,
): Promise<Services> {
  let opened: Router | undefined;
  // NOTE: nothing comes over HTTP before the router is there: its port is opened last.
  const arrived: ArrivalListener = async (...arrival) => await opened?.arrived(...arrival);
  let gateway: GatewayPart | undefined;
  const transfers = (): Transfers | undefined =>
    opened && (gateway?.centre === undefined ? opened.transfers : { ...opened.transfers, centre: gateway.centre });
  const archive = stack.use(await openArchive({ ...context, arrived, transfers }));
  const stores = new Map<string, number>();
  const deposit = countedDeposit(archive, stores);
  gateway = stack.use(await openGateway(context, archive));
  const isAlone = context.config.role === 'archive';
  const router = isAlone ? undefined : await openRouter({ ...context, ...gateway?.router }, archive, deposit);
  opened = router;
  if (router !== undefined) {
    gateway?.begin(router);
  }
  return { archive, stores, gateway, router };
}

function nodeOf({ aeTitle, host }: Config, { dicomPort, dicomTlsPort }: Pick<Router, 'dicomPort' | 'dicomTlsPort'>): DicomNode {
  const tls = dicomTlsPort === undefined ? {} : { tlsPort: dicomTlsPort };
  return { aeTitle, host: reachableHost(host), port: dicomPort, ...tls };
}

async function openAccess(
  config: Config,
  log: Log,
  dicomNode: () => DicomNode | undefined,
  onRightsChanged: () => void,
): Promise<OpenedAccess> {
  const { site, adminPassword, adminToken, centre } = config;
  return await createAccess({
    place: accessPlace(config, (reason) => log.warn({ reason }, 'database-awaited')),
    facilities: site.facilities,
    version: VERSION,
    dicomNode,
    centre: centre?.url,
    onRightsChanged,
    log,
    ...(adminPassword === undefined ? {} : { adminPassword }),
    ...(adminToken === undefined ? {} : { adminToken }),
  });
}

/** Both listeners end together, before what they store into. */
class Listeners implements AsyncDisposable {
  router: Router | undefined;
  http: HttpServer | undefined;

  get connections(): number {
    return this.http?.connections ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.http?.[Symbol.asyncDispose](), this.router?.[Symbol.asyncDispose]()]);
  }
}

function nameChecks({ kind }: TlsChoice, { insecureHttp, host }: Config) {
  return { anyHostName: kind !== 'none' || insecureHttp || !isLoopback(host), strictTransport: kind === 'given' };
}

/** The server looking at its newest studies: it views, and changes nothing. */
const CLOCK_SERVICE: Subject = { kind: 'service', id: 'clock', name: 'clock', rights: new Set(['view']), facilities: 'all' };

function clockWatch(archive: Archive, log: Log): ClockWatch {
  const fetch = inProcess(archive.app, CLOCK_SERVICE);
  return new ClockWatch({
    wall: Date.now,
    monotonic: () => performance.now(),
    studiesAhead: (now) => studiesAhead(fetch, now),
    log,
  });
}

interface Opened {
  readonly config: Config;
  readonly tls: TlsChoice;
  readonly http: HttpServer;
  readonly app: OpenAPIHono<AppEnv>;
  readonly router: Router | undefined;
  readonly access: OpenedAccess;
  readonly archive: Archive;
}

function running(resources: AsyncDisposableStack, { config, tls, http, app, router, access, archive }: Opened): Filmless {
  const host = reachableHost(config.host);
  const httpUrl = `${tls.kind === 'none' ? 'http' : 'https'}://${host}:${http.port}`;
  const { setupToken } = access;
  const address = (port: number | undefined) => (port === undefined ? undefined : `${config.aeTitle}@${host}:${port}`);
  return {
    httpUrl,
    dicomAddress: address(router?.dicomPort),
    dicomTlsAddress: address(router?.dicomTlsPort),
    setupLink: setupToken === undefined ? undefined : `${httpUrl}/setup?token=${setupToken}`,
    app,
    archive,
    router,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
