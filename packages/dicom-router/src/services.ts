import type { Facility, Log } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { AeDirectory } from './aes/ae-directory.ts';
import type { Calls } from './calls.ts';
import { actionService } from './commitment/action-service.ts';
import type { OpenedCommitment } from './commitment/open-commitment.ts';
import type { Clock } from './destinations/clock.ts';
import type { TlsKeeper } from './destinations/tls-keeper.ts';
import { echoService } from './dimse/echo.ts';
import type { Service } from './dimse/provider.ts';
import { storeService } from './dimse/store.ts';
import type { RouterLimits } from './limits.ts';
import { mppsServices } from './mpps/mpps-service.ts';
import { findService } from './query/find.ts';
import type { QueryAudit } from './query/query-audit.ts';
import { type ReceivingOptions, receiveInstance } from './receiving.ts';
import { getService } from './retrieve/get.ts';
import { moveService } from './retrieve/move.ts';
import type { ArchiveFetch } from './router.ts';
import { worklistService } from './worklist/worklist-service.ts';

/** What services work with. */
export interface ServicesContext {
  readonly aeTitle: string;
  readonly aes: AeDirectory;
  /** The archive, asked on behalf of whom an association is with. */
  readonly archiveFetch: ArchiveFetch;
  /** Made anew for each association: what one stores is audited together. */
  readonly receiving: ReceivingOptions;
  /** Told of the calls that services make. */
  readonly calls: Calls;
  readonly facilities: () => readonly Facility[];
  readonly clock: Clock;
  readonly commitment: OpenedCommitment;
  /** What instances are read into on their way out. */
  readonly buffers: SendBuffers;
  readonly limits: RouterLimits;
  readonly tls: TlsKeeper;
  readonly log: Log;
  /** One for all associations. */
  readonly queryAudit: QueryAudit;
  /** Whether objects of a SOP class are kept. */
  readonly stores: (sopClassUid: string) => boolean;
}

/** The services this product provides, one line each; those of one Command Field differ in what they support. */
export function createServices(context: ServicesContext): readonly Service[] {
  const { receiving, stores, queryAudit: audit } = context;
  const retrieving = { ...context, audit, meter: receiving.meter };
  return [
    echoService,
    storeService(stores, (request) => receiveInstance(receiving, request)),
    findService(retrieving),
    moveService(retrieving),
    getService(retrieving),
    worklistService(retrieving),
    ...mppsServices(context),
    actionService({ ...context, commitments: context.commitment.commitments }),
    context.commitment.asking.service,
  ];
}
