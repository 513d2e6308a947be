import { randomUUID } from 'node:crypto';
import type { Envelope } from './envelope.ts';
import type { Added } from './index-port.ts';
import type { ConflictRecord } from './records-port.ts';

/** The record of an object that the index did not take: open, for its owner to decide. */
export function conflictRecord(
  envelope: Envelope,
  objectKey: string,
  added: Extract<Added, { readonly owner: string }>,
): ConflictRecord {
  const { source } = envelope;
  return {
    id: randomUUID(),
    kind: added.status,
    // The study whose page shows the conflict is the one that is there.
    studyInstanceUid: added.existing?.studyInstanceUid ?? envelope.studyInstanceUid,
    seriesInstanceUid: envelope.seriesInstanceUid,
    sopInstanceUid: envelope.sopInstanceUid,
    facility: added.owner,
    fromFacility: source.facility,
    from: source.callingAe ?? source.user ?? source.address,
    receivedAt: envelope.receivedAt,
    newKey: objectKey,
    newSha256: envelope.sha256,
    existingKey: null,
    existingSha256: null,
    state: 'open',
    resolvedBy: null,
    resolvedAt: null,
  };
}

/** The object of a conflict that is not the one kept. */
export function asideKey(record: Pick<ConflictRecord, 'state' | 'existingKey' | 'newKey'>): string {
  return record.state === 'new' && record.existingKey !== null ? record.existingKey : record.newKey;
}
