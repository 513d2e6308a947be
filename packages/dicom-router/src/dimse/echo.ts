import { COMMAND, VERIFICATION_SOP_CLASS } from './command-field.ts';
import type { Dialogue } from './dialogue.ts';
import type { Service } from './provider.ts';
import { contextFor, type OperationResult } from './user.ts';

/** C-ECHO as SCP. PS3.7 9.1.5, PS3.4 A. */
export const echoService: Service = {
  commandField: COMMAND.cEchoRq,
  supports: (abstractSyntax) => abstractSyntax === VERIFICATION_SOP_CLASS,
  handle: () => Promise.resolve({ status: 'success' }),
};

/** C-ECHO as SCU. @throws RouterError `context-refused` and what ends an association */
export async function echo(dialogue: Dialogue): Promise<OperationResult> {
  const context = contextFor(dialogue.association, VERIFICATION_SOP_CLASS);
  return await dialogue.performOne(context, { AffectedSOPClassUID: VERIFICATION_SOP_CLASS, CommandField: COMMAND.cEchoRq });
}
