import type { Log } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { AeDirectory } from '../aes/ae-directory.ts';
import type { AssociationJournal } from '../association-journal.ts';
import type { OpenedCommitment } from '../commitment/open-commitment.ts';
import type { Deliveries } from '../destinations/deliveries.ts';
import type { DestinationDirectory } from '../destinations/destination-directory.ts';
import type { TlsKeeper } from '../destinations/tls-keeper.ts';
import type { RouterLimits } from '../limits.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { RouterOptions } from '../router.ts';

/** What the parts of one router share. */
export interface RouterContext {
  readonly access: RouterOptions['access'];
  readonly aeTitle: string;
  readonly aes: AeDirectory;
  readonly buffers: SendBuffers;
  readonly commitment: OpenedCommitment;
  readonly database: RouterDatabase;
  readonly deliveries: Deliveries;
  readonly destinations: DestinationDirectory;
  readonly journal: AssociationJournal;
  readonly limits: RouterLimits;
  readonly tls: TlsKeeper;
  readonly log: Log;
}
