import { isUid } from '@filmless/dicom';
import type { Association, Peer } from '../ul/association.ts';
import { COMMAND } from './command-field.ts';
import { WITH_DATA_SET } from './command-set.ts';
import type { DataSetStream, MessageLimits } from './message.ts';
import type { Answer, Service } from './provider.ts';
import { contextFor, type OperationResult, perform } from './user.ts';

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
  /** 1 to 65535, not used by an operation still open. */
  readonly messageId: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: AsyncIterable<Uint8Array>;
}

const MEDIUM_PRIORITY = 0;

/** C-STORE as SCU. @throws RouterError `context-refused`, what ends an association, and what the data set throws */
export async function store(
  association: Association,
  limits: MessageLimits,
  operation: StoreOperation,
): Promise<OperationResult> {
  const context = contextFor(association, operation.sopClassUid, operation.transferSyntaxUid);
  const command = {
    AffectedSOPClassUID: operation.sopClassUid,
    CommandField: COMMAND.cStoreRq,
    MessageID: operation.messageId,
    Priority: MEDIUM_PRIORITY,
    CommandDataSetType: WITH_DATA_SET,
    AffectedSOPInstanceUID: operation.sopInstanceUid,
  };
  return await perform(association, limits, context, command, operation.dataSet);
}
