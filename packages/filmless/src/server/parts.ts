import type { Access, AppEnv, Facility, Log, Meter, Source, Subject } from '@filmless/access';
import type { Archive, ArrivalListener, Transfers } from '@filmless/archive';
import {
  type ArchiveFetch,
  createRouter,
  type Deposit,
  type DepositOptions,
  type DepositOutcome,
  type Destination,
  type OnBehalf,
  type Router,
  RouterError,
  type RouterTls,
} from '@filmless/dicom-router';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/model.ts';
import { openArchive } from './archive-part.ts';
import { dicomListenProblem } from './listen-problem.ts';

/** How the large parts are opened; tests put doubles here. */
export interface Parts {
  readonly openArchive: (context: PartContext) => Promise<Archive>;
  readonly openRouter: (context: RouterPartContext, archive: Archive, deposit: Deposit) => Promise<Router>;
}

export interface PartContext {
  readonly config: Config;
  readonly access: Access;
  readonly log: Log;
  readonly meter: Meter;
  /** Hears of what comes over HTTP. */
  readonly arrived?: ArrivalListener;
  /** Knows what becomes of studies beyond the archive, once there is a router. */
  readonly transfers?: () => Transfers | undefined;
}

export interface RouterPartContext extends PartContext {
  readonly tls: RouterTls;
  /** What it asks instead of the archive here, made of that. */
  readonly archiveFetch?: (local: ArchiveFetch) => ArchiveFetch;
  /** Where objects have to be to be safe; the archive here unless told. */
  readonly safeAt?: ArchiveFetch;
  /** Hears of studies whose receipt changed. */
  readonly changed?: (studyInstanceUid: string) => void;
  /** That are there whatever a person sets. */
  readonly fixedDestinations?: readonly Destination[];
}

/** The router reads archived studies to send them on: it may view all, and change nothing by HTTP. */
const ROUTER_SERVICE: Subject = {
  kind: 'service',
  id: 'dicom-router',
  name: 'dicom-router',
  rights: new Set(['view']),
  facilities: 'all',
};

export const PARTS: Parts = { openArchive, openRouter };

/** @throws ConfigError when its port is taken */
async function openRouter(
  {
    config,
    access,
    log,
    meter,
    tls,
    archiveFetch = (local) => local,
    safeAt,
    changed,
    fixedDestinations = [],
  }: RouterPartContext,
  archive: Archive,
  deposit: Deposit,
): Promise<Router> {
  const { host, dicomPort, site } = config;
  try {
    return await createRouter({
      host,
      port: dicomPort,
      tls,
      aeTitle: config.aeTitle,
      dataDir: config.dataDir,
      reception: archive.reception,
      deposit,
      changed: (study) => {
        archive.changed(study);
        changed?.(study);
      },
      refused: ({ callingAe: sender, ...refused }) => archive.refused({ ...refused, sender }),
      archiveFetch: archiveFetch(inProcess(archive.app, ROUTER_SERVICE)),
      safeAt,
      fixedDestinations,
      access,
      log,
      meter,
      aes: site.aes,
      destinations: site.destinations.map(({ destination }) => destination),
      rules: site.rules,
      unknownAes: site.unknownAes,
      unknownSopClasses: site.unknownSopClasses,
      deidentification: site.deidentification,
      defaultFacility: defaultFacility(config, access.facilities()),
    });
  } catch (error) {
    throw faultyRules(error) ?? dicomListenProblem(error, host, dicomPort, tls.listen?.port);
  }
}

/** Rules of the configuration file that name what is not there. */
function faultyRules(error: unknown): ConfigError | undefined {
  return error instanceof RouterError && error.code === 'invalid-request'
    ? new ConfigError(`The configuration file cannot be used as it is: ${error.message}`)
    : undefined;
}

/** The application as a function in place of a network: the caller's identity is put in here, never by the request. */
export function inProcess(app: OpenAPIHono<AppEnv>, service: Subject): ArchiveFetch {
  return async (request, onBehalf) => {
    const caller = onBehalf === undefined ? service : applicationEntity(onBehalf);
    return await app.fetch(request, { remoteAddress: onBehalf?.address ?? '127.0.0.1', secure: true, caller });
  };
}

/** NOTE: what an entity may do by DIMSE the router has decided before it asks; `upload` is for performed procedure steps. */
function applicationEntity({ aeTitle, facility }: OnBehalf): Subject {
  return { kind: 'ae', id: aeTitle, name: aeTitle, rights: new Set(['view', 'upload']), facilities: [facility] };
}

/** Facility of what unlisted application entities send: the file's first, if it is still there. */
function defaultFacility({ site }: Config, facilities: readonly Facility[]): string {
  const known = facilities.map(({ id }) => id);
  const wished = [...site.facilities.map(({ id }) => id), 'main'];
  return wished.find((id) => known.includes(id)) ?? known[0] ?? 'main';
}

/** Adopts into the archive, and counts what became of it. */
export function countedDeposit(archive: Archive, counts: Map<string, number>): Deposit {
  return async (received, source: Source, options?: DepositOptions): Promise<DepositOutcome> => {
    const outcome = await archive.adopt(received, source, options);
    const key = outcome.status === 'refused' ? outcome.reason : outcome.status;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return outcome;
  };
}
