import { u16be, u32be } from './byte-order.ts';
import {
  APPLICATION_CONTEXT,
  associateHead,
  commandNumber,
  commandSet,
  commandText,
  EXPLICIT,
  FLAG,
  IMPLICIT,
  item,
  pData,
  pdu,
  proposedContext,
  SECONDARY_CAPTURE,
  VERIFICATION,
} from './pdus.ts';

/** A service as its honest user asks for it. */
export interface HostileService {
  readonly name: string;
  readonly contextId: number;
  readonly sopClass: string;
  readonly commandField: number;
  /** Elements of the command set beyond the common ones. PS3.7 9.3, 10.3. */
  readonly elements: readonly Buffer[];
  /** None where the operation has none. */
  readonly dataSet: Buffer | undefined;
}

const UID = '1.2.826.0.1.3680043.2.1.99';
export const COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';
/** What is retrieved: `services.test.ts` stores it. */
export const STUDY: string = `${UID}.1`;

/** An element in Implicit VR Little Endian. PS3.5 7.1.3. */
export function element(group: number, number: number, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1') : value;
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(bytes.byteLength, 4);
  return Buffer.concat([header, bytes]);
}

/** A sequence of items with their lengths. */
export function sequence(group: number, number: number, ...items: readonly (readonly Buffer[])[]): Buffer {
  return element(group, number, Buffer.concat(items.map((elements) => element(0xfffe, 0xe000, Buffer.concat(elements)))));
}

const identifier = (level: string): Buffer =>
  Buffer.concat([element(0x0008, 0x0052, level), element(0x0010, 0x0020, 'HOSTILE'), element(0x0020, 0x000d, STUDY)]);
const worklistKeys = Buffer.concat([element(0x0010, 0x0010, ''), sequence(0x0040, 0x0100, [element(0x0008, 0x0060, 'CT')])]);
const step = Buffer.concat([
  element(0x0008, 0x0060, 'CT'),
  element(0x0040, 0x0241, 'HOSTILE'),
  element(0x0040, 0x0244, '20260301'),
  element(0x0040, 0x0245, '0800'),
  element(0x0040, 0x0252, 'IN PROGRESS'),
  element(0x0040, 0x0253, 'PPS1'),
]);
const references = Buffer.concat([
  sequence(0x0008, 0x1199, [element(0x0008, 0x1150, SECONDARY_CAPTURE), element(0x0008, 0x1155, `${UID}.1.1.1`)]),
  element(0x0008, 0x1195, `${UID}.7`),
]);
const affected = (uid: string): Buffer => commandText(0x1000, uid);
const requested = (uid: string): Buffer => commandText(0x1001, uid);

type Row = readonly [name: string, sopClass: string, commandField: number, elements: readonly Buffer[], dataSet?: Buffer];

/** Every service of the product, as SCP and as the one that a report comes to. */
const ROWS: readonly Row[] = [
  ['C-ECHO', VERIFICATION, 0x0030, []],
  ['C-STORE', SECONDARY_CAPTURE, 0x0001, [affected(`${UID}.5`)], Buffer.concat([element(0x0008, 0x0016, SECONDARY_CAPTURE)])],
  ['C-FIND, Patient Root', '1.2.840.10008.5.1.4.1.2.1.1', 0x0020, [], identifier('STUDY')],
  ['C-FIND, Study Root', '1.2.840.10008.5.1.4.1.2.2.1', 0x0020, [], identifier('STUDY')],
  ['C-MOVE, Patient Root', '1.2.840.10008.5.1.4.1.2.1.2', 0x0021, [commandText(0x0600, 'NOWHERE')], identifier('STUDY')],
  ['C-MOVE, Study Root', '1.2.840.10008.5.1.4.1.2.2.2', 0x0021, [commandText(0x0600, 'NOWHERE')], identifier('STUDY')],
  ['C-GET, Patient Root', '1.2.840.10008.5.1.4.1.2.1.3', 0x0010, [], identifier('STUDY')],
  ['C-GET, Study Root', '1.2.840.10008.5.1.4.1.2.2.3', 0x0010, [], identifier('STUDY')],
  ['C-FIND, Modality Worklist', '1.2.840.10008.5.1.4.31', 0x0020, [], worklistKeys],
  ['N-CREATE, performed procedure step', '1.2.840.10008.3.1.2.3.3', 0x0140, [affected(`${UID}.8`)], step],
  ['N-SET, performed procedure step', '1.2.840.10008.3.1.2.3.3', 0x0120, [requested(`${UID}.8`)], step],
  ['N-GET, performed procedure step', '1.2.840.10008.3.1.2.3.4', 0x0110, [requested(`${UID}.8`)]],
  [
    'N-ACTION, storage commitment',
    '1.2.840.10008.1.20.1',
    0x0130,
    [requested(COMMITMENT_INSTANCE), commandNumber(0x1008, 1)],
    references,
  ],
  [
    'N-EVENT-REPORT, storage commitment',
    '1.2.840.10008.1.20.1',
    0x0100,
    [affected(COMMITMENT_INSTANCE), commandNumber(0x1002, 1)],
    references,
  ],
];

const SOP_CLASSES: readonly string[] = [...new Set(ROWS.map(([, sopClass]) => sopClass))];
const contextOf = (sopClass: string): number => 2 * SOP_CLASSES.indexOf(sopClass) + 1;

export const SERVICES: readonly HostileService[] = ROWS.map(([name, sopClass, commandField, elements, dataSet]) => ({
  name,
  sopClass,
  commandField,
  elements,
  dataSet,
  contextId: contextOf(sopClass),
}));

export const ECHO_CONTEXT: number = contextOf(VERIFICATION);
export const STORE_CONTEXT: number = contextOf(SECONDARY_CAPTURE);

const text16 = (text: string): Buffer => Buffer.concat([u16be(text.length), Buffer.from(text, 'latin1')]);

/** Proposes every service, and to take what it gets by C-GET. PS3.7 D.3.3.4. */
export function associateWithServices(callingAe: string): Buffer {
  const contexts = SOP_CLASSES.map((uid) =>
    proposedContext(contextOf(uid), uid, uid === SECONDARY_CAPTURE ? EXPLICIT : IMPLICIT),
  );
  const role = item(0x54, text16(SECONDARY_CAPTURE), Buffer.from([1, 1]));
  const user = item(0x50, item(0x51, u32be(65_536)), item(0x52, '1.2.826.0.1.3680043.2.1'), role);
  return pdu(1, Buffer.concat([associateHead('FILMLESS', callingAe), APPLICATION_CONTEXT, ...contexts, user]));
}

/** What of an honest request is changed. */
export interface Changes {
  readonly sopClass?: string;
  readonly commandField?: number;
  readonly messageId?: number | undefined;
  readonly hasDataSet?: boolean;
}

const WITHOUT_DATA_SET = 0x0101;
/** SOP Classes of DIMSE-N requests are those requested, but for what is created or reported. PS3.7 10.3. */
const AFFECTED: ReadonlySet<number> = new Set([0x0100, 0x0140]);

export function commandOf(service: HostileService, changes: Changes = {}): Buffer {
  const {
    sopClass = service.sopClass,
    commandField = service.commandField,
    hasDataSet = service.dataSet !== undefined,
  } = changes;
  const messageId = 'messageId' in changes ? changes.messageId : 1;
  const isAffected = commandField < 0x0100 || AFFECTED.has(commandField);
  return commandSet(
    commandText(isAffected ? 0x0002 : 0x0003, sopClass),
    commandNumber(0x0100, commandField),
    ...(messageId === undefined ? [] : [commandNumber(0x0110, messageId)]),
    commandNumber(0x0700, 0),
    commandNumber(0x0800, hasDataSet ? 1 : WITHOUT_DATA_SET),
    ...service.elements,
  );
}

/** A command in one fragment. */
export function said({ contextId }: Pick<HostileService, 'contextId'>, command: Buffer): Buffer {
  return pData(contextId, FLAG.command | FLAG.last, command);
}

/** A whole request. */
export function request(service: HostileService, changes: Changes = {}): Buffer {
  const command = said(service, commandOf(service, changes));
  return service.dataSet === undefined ? command : Buffer.concat([command, pData(service.contextId, FLAG.last, service.dataSet)]);
}

export function cancelRq(contextId: number, messageId: number): Buffer {
  const cancel = commandSet(
    commandNumber(0x0100, 0x0fff),
    commandNumber(0x0120, messageId),
    commandNumber(0x0800, WITHOUT_DATA_SET),
  );
  return said({ contextId }, cancel);
}

/** A response without a data set. */
export function responseTo(contextId: number, commandField: number, messageId: number, status: number): Buffer {
  return said({ contextId }, responseSet(commandField, messageId, status));
}

function responseSet(commandField: number, messageId: number, status: number): Buffer {
  return commandSet(
    commandNumber(0x0100, commandField | 0x8000),
    commandNumber(0x0120, messageId),
    commandNumber(0x0800, WITHOUT_DATA_SET),
    commandNumber(0x0900, status),
  );
}
