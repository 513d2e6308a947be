import type { Log } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { AeDirectory } from '../aes/ae-directory.ts';
import type { Arrivals } from '../arrivals/arrivals.ts';
import type { AssociationJournal } from '../association-journal.ts';
import type { Calls } from '../calls.ts';
import type { OpenedCommitment } from '../commitment/open-commitment.ts';
import type { Deidentification } from '../derive/deidentification.ts';
import type { Clock } from '../destinations/clock.ts';
import type { Deliveries } from '../destinations/deliveries.ts';
import type { DestinationDirectory } from '../destinations/destination-directory.ts';
import type { TlsKeeper } from '../destinations/tls-keeper.ts';
import type { Contacts } from '../doctor/contacts.ts';
import type { Own } from '../doctor/diagnosis.ts';
import type { RouterLimits } from '../limits.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { RouterOptions } from '../router.ts';
import type { RuleBook } from '../rules/rule-book.ts';

/** What the parts of one router share. */
export interface RouterContext {
  readonly access: RouterOptions['access'];
  readonly aeTitle: string;
  readonly aes: AeDirectory;
  readonly calls: Calls;
  readonly clock: Clock;
  readonly archiveFetch: RouterOptions['archiveFetch'];
  readonly arrivals: Arrivals;
  readonly buffers: SendBuffers;
  readonly commitment: OpenedCommitment;
  readonly contacts: Contacts;
  readonly database: RouterDatabase;
  readonly deidentification: Deidentification;
  readonly deliveries: Deliveries;
  readonly destinations: DestinationDirectory;
  readonly journal: AssociationJournal;
  readonly limits: RouterLimits;
  readonly rules: RuleBook;
  readonly tls: TlsKeeper;
  readonly log: Log;
  /** This server, as machines have to be told of it. */
  readonly own: () => Own;
}
