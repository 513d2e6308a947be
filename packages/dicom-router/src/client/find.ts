import type { DataSet } from '@filmless/dicom';
import { COMMAND } from '../dimse/command-field.ts';
import { decodeOperation, encodeOperation } from '../dimse/data-set.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { contextFor } from '../dimse/user.ts';
import { isPending, MEDIUM_PRIORITY, succeeded } from './operation.ts';

/** What can be asked by C-FIND. PS3.4 C.6.1.3, C.6.2.3, K.6.1.4. */
export const FIND_SOP_CLASS = {
  patientRoot: '1.2.840.10008.5.1.4.1.2.1.1',
  studyRoot: '1.2.840.10008.5.1.4.1.2.2.1',
  worklist: '1.2.840.10008.5.1.4.31',
} as const;

/**
 * Asks by C-FIND and gives the identifiers that match, each as it comes. Leaving the loop early cancels the operation. PS3.4 C.4.1.2.
 * @param identifier its keys; with Query/Retrieve Level, but for a worklist
 * @throws RouterError `context-refused`; `status` when the peer fails; what ends an association
 */
export async function* find(dialogue: Dialogue, sopClassUid: string, identifier: DataSet): AsyncGenerator<DataSet, void, void> {
  const context = contextFor(dialogue.association, sopClassUid);
  const command = { AffectedSOPClassUID: sopClassUid, CommandField: COMMAND.cFindRq, Priority: MEDIUM_PRIORITY };
  for await (const response of dialogue.perform(context, command, encodeOperation(identifier, context))) {
    if (!isPending(response.status)) {
      succeeded(dialogue, response);
    } else if (response.dataSet !== undefined) {
      yield decodeOperation(response.dataSet, context);
    }
  }
}
