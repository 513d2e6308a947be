import { isUid } from '@filmless/dicom';
import type { Peer } from '../ul/association.ts';
import { COMMAND } from './command-field.ts';
import type { Dialogue } from './dialogue.ts';
import type { DataSetStream, OutgoingDataSet } from './message.ts';
import type { Answer, Service } from './provider.ts';
import { contextFor, type OperationResult } from './user.ts';

/** An instance on its way in. */
export interface StoreRequest {
  readonly peer: Peer;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: DataSetStream;
}

/** C-STORE as SCP; `receive` answers once the instance is safe. PS3.7 9.1.1, PS3.4 B. */
export function storeService(
  supports: (sopClassUid: string) => boolean,
  receive: (request: StoreRequest) => Promise<Answer>,
): Service {
  return {
    commandField: COMMAND.cStoreRq,
    supports,
    handle: async ({ peer, context, command, dataSet }) => {
      const sopInstanceUid = command.AffectedSOPInstanceUID ?? '';
      if (!isUid(sopInstanceUid)) {
        return { status: 'invalidObjectInstance', comment: 'Affected SOP Instance UID is missing or not a UID' };
      }
      if (dataSet === undefined) {
        return { status: 'cannotUnderstand', comment: 'the C-STORE request has no data set' };
      }
      return await receive({
        peer,
        sopClassUid: context.abstractSyntax,
        sopInstanceUid,
        transferSyntaxUid: context.transferSyntax,
        dataSet,
      });
    },
  };
}

/** An instance on its way out. */
export interface StoreOperation {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: OutgoingDataSet;
}

const MEDIUM_PRIORITY = 0;

/** C-STORE as SCU. @throws RouterError `context-refused`, what ends an association, and what the data set throws */
export async function store(dialogue: Dialogue, operation: StoreOperation): Promise<OperationResult> {
  const context = contextFor(dialogue.association, operation.sopClassUid, operation.transferSyntaxUid);
  const command = {
    AffectedSOPClassUID: operation.sopClassUid,
    CommandField: COMMAND.cStoreRq,
    Priority: MEDIUM_PRIORITY,
    AffectedSOPInstanceUID: operation.sopInstanceUid,
  };
  return await dialogue.performOne(context, command, operation.dataSet);
}
