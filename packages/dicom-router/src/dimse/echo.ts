import type { Association } from '../ul/association.ts';
import { COMMAND, VERIFICATION_SOP_CLASS } from './command-field.ts';
import { NO_DATA_SET } from './command-set.ts';
import type { MessageLimits } from './message.ts';
import type { Service } from './provider.ts';
import { contextFor, type OperationResult, perform } from './user.ts';

/** C-ECHO as SCP. PS3.7 9.1.5, PS3.4 A. */
export const echoService: Service = {
  commandField: COMMAND.cEchoRq,
  supports: (abstractSyntax) => abstractSyntax === VERIFICATION_SOP_CLASS,
  handle: () => Promise.resolve({ status: 'success' }),
};

/** C-ECHO as SCU. @throws RouterError `context-refused` and what ends an association */
export async function echo(association: Association, limits: MessageLimits): Promise<OperationResult> {
  const context = contextFor(association, VERIFICATION_SOP_CLASS);
  const command = {
    AffectedSOPClassUID: VERIFICATION_SOP_CLASS,
    CommandField: COMMAND.cEchoRq,
    MessageID: 1,
    CommandDataSetType: NO_DATA_SET,
  };
  return await perform(association, limits, context, command);
}
