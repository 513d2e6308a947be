import type { AuditEvent, Facility, Log, Meter } from '@filmless/access';
import type { Reception } from '@filmless/disk';
import type { Index } from './index-port.ts';
import type { ArchiveLimits } from './limits.ts';
import type { ObjectStore } from './object-store.ts';
import type { Transfers } from './receipts/transfers.ts';
import type { Records } from './records-port.ts';

/** What the core works with; all of it is opened and disposed by its host. */
export interface Dependencies {
  readonly index: Index;
  readonly records: Records;
  readonly objects: ObjectStore;
  readonly reception: Reception;
  /** The facilities there are: for the issuer of patient ids, and for whom a study may be shared with. */
  readonly facilities: () => readonly Pick<Facility, 'id' | 'patientIdIssuer'>[];
  /** Who knows what became of studies beyond the archive; nobody where there is no router. */
  readonly transfers: () => Transfers | undefined;
  /** Whether other processes may be at work on the same index, records and objects. */
  readonly shared?: boolean;
  /** Writes a line of the audit trail. */
  readonly audit: (event: AuditEvent) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
  /** The time; ISO 8601, UTC. */
  readonly now: () => string;
  readonly limits: ArchiveLimits;
}

/** The issuer of a facility's patient ids; its own id while nobody named one. */
export function issuerOf(dependencies: Pick<Dependencies, 'facilities'>, facility: string): string {
  const found = dependencies.facilities().find(({ id }) => id === facility)?.patientIdIssuer ?? '';
  return found === '' ? facility : found;
}
