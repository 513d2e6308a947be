import { AssociationDialogue } from '../src/dimse/association-dialogue.ts';
import { COMMAND } from '../src/dimse/command-field.ts';
import { type CommandSet, decodeCommand, encodeCommand, NO_DATA_SET, WITH_DATA_SET } from '../src/dimse/command-set.ts';
import type { Dialogue, OperationCommand } from '../src/dimse/dialogue.ts';
import type { Service } from '../src/dimse/provider.ts';
import { routerLimits } from '../src/limits.ts';
import { type AcceptedContext, DEFAULT_ROLES } from '../src/ul/association.ts';
import type { Fragment } from '../src/ul/pdu/model.ts';
import { AssociationDouble } from './association-double.ts';

/** Query/Retrieve, Study Root FIND. */
export const FIND: AcceptedContext = {
  id: 1,
  abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1',
  transferSyntax: '1.2.840.10008.1.2.1',
  roles: DEFAULT_ROLES,
};
export const CT: AcceptedContext = {
  id: 3,
  abstractSyntax: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntax: '1.2.840.10008.1.2.1',
  roles: DEFAULT_ROLES,
};

/** A command set in one fragment. */
export const command = (contextId: number, set: CommandSet): Fragment => ({
  contextId,
  command: true,
  last: true,
  bytes: encodeCommand(set),
});
export const data = (contextId: number, text: string): Fragment => ({
  contextId,
  command: false,
  last: true,
  bytes: Buffer.from(text),
});
export const findRq = (MessageID: number): readonly Fragment[] => [
  command(1, {
    CommandField: COMMAND.cFindRq,
    MessageID,
    CommandDataSetType: WITH_DATA_SET,
    AffectedSOPClassUID: FIND.abstractSyntax,
  }),
  data(1, 'key'),
];
export const cancelRq = (id: number): Fragment =>
  command(1, { CommandField: COMMAND.cCancelRq, MessageIDBeingRespondedTo: id, CommandDataSetType: NO_DATA_SET });
export const response = (CommandField: number, id: number, Status: number, contextId = 3): Fragment =>
  command(contextId, { CommandField, MessageIDBeingRespondedTo: id, CommandDataSetType: NO_DATA_SET, Status });
export const findRsp = (id: number, Status: number, text?: string): readonly Fragment[] =>
  text === undefined
    ? [response(0x8020, id, Status, 1)]
    : [
        command(1, { CommandField: 0x8020, MessageIDBeingRespondedTo: id, CommandDataSetType: WITH_DATA_SET, Status }),
        data(1, text),
      ];

export const STORE: OperationCommand = {
  CommandField: COMMAND.cStoreRq,
  AffectedSOPClassUID: CT.abstractSyntax,
  AffectedSOPInstanceUID: '1.2.3',
};
export const FIND_COMMAND: OperationCommand = { CommandField: COMMAND.cFindRq, AffectedSOPClassUID: FIND.abstractSyntax };

/** A data set of one byte. */
export const bytes = (): Uint8Array => Buffer.from('x');

export interface Talk {
  readonly association: AssociationDouble;
  readonly dialogue: Dialogue;
  /** The commands that were sent. */
  sent(): readonly CommandSet[];
}

/** A dialogue of ours that performs operations. */
export function user(
  incoming: readonly Fragment[] = [],
  ours = 1,
  limits = {},
  services: readonly Service[] = [],
  maxFragmentBytes = 1000,
): Talk {
  const window = { ours, theirs: 1 };
  const association = new AssociationDouble([FIND, CT], incoming, { open: true, role: 'requestor', window, maxFragmentBytes });
  const dialogue = new AssociationDialogue(association, {
    services,
    limits: routerLimits(limits),
    stop: new AbortController().signal,
    answered: () => undefined,
    failed: () => undefined,
  });
  return { association, dialogue, sent: () => commandsOf(association) };
}

/** The commands that were written. */
export const commandsOf = (association: AssociationDouble): readonly CommandSet[] =>
  association.written.filter((one) => one.command).map((one) => decodeCommand(one.bytes));
