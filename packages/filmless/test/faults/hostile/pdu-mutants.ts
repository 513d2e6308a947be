import { uidFrom } from '../random.ts';
import { encodings } from './data-sets.ts';
import { type Dice, SEED } from './dice.ts';
import { mutated, spliced } from './mutate.ts';
import {
  APPLICATION_CONTEXT,
  abort,
  associateAc,
  associateHead,
  associateRj,
  associateRq,
  CONTEXT,
  commandElement,
  commandNumber,
  commandSet,
  commandText,
  echoRq,
  FLAG,
  item,
  otherRq,
  pData,
  pdu,
  pdv,
  proposedContext,
  releaseRp,
  releaseRq,
  SECONDARY_CAPTURE,
  storeRq,
  userInformation,
  VERIFICATION,
} from './pdus.ts';
import { commandOf, type HostileService, SERVICES } from './services.ts';

const COMMAND_FIELDS: readonly [number, ...number[]] = [
  0x0001, 0x0010, 0x0020, 0x0021, 0x0030, 0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150, 0x0fff, 0x8001, 0x8030, 0x0000, 0xffff,
];

const CONTROL: readonly [Buffer, ...Buffer[]] = [
  associateRq(),
  associateAc,
  associateRj,
  releaseRq,
  releaseRp,
  abort,
  pData(CONTEXT.verification, FLAG.command | FLAG.last, echoRq(1)),
];

/** AE titles no machine should have. */
const TITLES: readonly [string, ...string[]] = [
  'HOSTILE',
  '',
  '\0'.repeat(16),
  '../../etc/passwd',
  "'; DROP TABLE x",
  '\u001b[2J',
  '\\\\server\\share',
  '\r\nSet-Cookie: a',
  '\xff\xfe\xfd',
  '%s%n%x',
  '<script>',
  '$(id)`id`',
  '__proto__',
  'constructor',
  'A'.repeat(16),
];

/** One PDU that may come first on a connection: seldom what PS3.8 wants there. */
export function firstPdu(dice: Dice): Buffer {
  const rq = associateRq(dice.pick(['FILMLESS', 'FILMLESS', ...TITLES]), dice.pick(TITLES));
  return dice.pick<() => Buffer>([
    () => mutated(rq, dice),
    () => mutated(rq, dice),
    () => mutated(rq, dice),
    () => rq,
    () => mutated(dice.pick(CONTROL), dice),
    () => dice.pick(CONTROL),
    () => spliced(rq, dice.pick(CONTROL), dice),
    () => pdu(dice.below(256), dice.bytes(dice.below(80))),
    () => repeatedItems(dice),
    () => dice.bytes(1 + dice.below(200)),
    () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    () => Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
  ])();
}

/** An A-ASSOCIATE-RQ whose items are repeated, missing, in another order, nested or of types nobody knows. */
function repeatedItems(dice: Dice): Buffer {
  const items = [
    APPLICATION_CONTEXT,
    proposedContext(dice.below(256), VERIFICATION, '1.2.840.10008.1.2'),
    proposedContext(dice.below(256), SECONDARY_CAPTURE),
    proposedContext(1, '', ''),
    proposedContext(3, '1'.repeat(65), '../..'),
    userInformation(dice.edge(32)),
    item(0x50, item(0x51, dice.bytes(dice.below(8))), item(dice.below(256), dice.bytes(dice.below(40)))),
    item(dice.below(256), dice.bytes(dice.below(100))),
    item(0x50),
    item(0x20),
  ] as const;
  const chosen = Array.from({ length: dice.pick([0, 1, 3, 6, 12, 200]) }, () => dice.pick([...items]));
  return pdu(1, Buffer.concat([associateHead('FILMLESS', dice.pick(TITLES)), ...chosen]));
}

function request(dice: Dice, messageId: number): Buffer {
  const sop = uidFrom(SEED, 'command', messageId);
  return dice.pick([
    echoRq(messageId),
    storeRq(messageId, SECONDARY_CAPTURE, sop),
    otherRq(dice.pick(COMMAND_FIELDS), messageId, dice.chance(0.3)),
  ]);
}

/** A command set whose form is right and whose values are not. */
function oddCommand(dice: Dice, messageId: number): Buffer {
  const texts: readonly [string, ...string[]] = [
    ...TITLES,
    SECONDARY_CAPTURE,
    VERIFICATION,
    '1.2..3',
    '1'.repeat(64),
    '1'.repeat(500),
  ];
  const odd = [
    () => commandText(dice.pick([0x0002, 0x0003, 0x0600, 0x0902, 0x1000, 0x1001, 0x1030]), dice.pick(texts)),
    () => commandNumber(dice.pick([0x0110, 0x0120, 0x0700, 0x0900, 0x0903, 0x1002, 0x1008, 0x1020, 0x1031]), dice.edge(16)),
    () => commandElement(dice.below(65_536), dice.bytes(2 * dice.below(20))),
  ] as const;
  const values = Array.from({ length: dice.below(8) }, () => dice.pick([...odd])());
  const fields = [
    commandNumber(0x0100, dice.pick(COMMAND_FIELDS)),
    commandNumber(0x0800, dice.chance(0.9) ? 0x0101 : dice.edge(16)),
  ];
  return commandSet(commandNumber(0x0110, messageId), ...fields, ...values);
}

/** Those that have a data set, in the contexts that the attack proposes. */
const MUTATED_SERVICES: readonly [HostileService, ...HostileService[]] = [
  inContext('C-FIND, Study Root', CONTEXT.find),
  inContext('C-MOVE, Study Root', CONTEXT.move),
  inContext('C-GET, Study Root', CONTEXT.get),
  inContext('C-FIND, Modality Worklist', CONTEXT.worklist),
  inContext('N-CREATE, performed procedure step', CONTEXT.step),
  inContext('N-SET, performed procedure step', CONTEXT.step),
  inContext('N-ACTION, storage commitment', CONTEXT.commitment),
  inContext('N-EVENT-REPORT, storage commitment', CONTEXT.commitment),
];

function inContext(name: string, contextId: number): HostileService {
  const found = SERVICES.find((service) => service.name === name);
  if (found === undefined) {
    throw new Error(`no service ${name}`);
  }
  return { ...found, contextId };
}

const contextId = (dice: Dice) => dice.pick([1, 1, 1, 3, 5, 7, 9, 11, 15, 21, 23, 0, 255, dice.below(256)]);

/** One P-DATA-TF in several parts: fragments of no bytes, of other contexts, with any flags. */
function manyPdvs(dice: Dice): Buffer {
  const command = request(dice, 1);
  const parts = Array.from({ length: 1 + dice.below(6) }, () => {
    const from = dice.below(command.byteLength);
    return pdv(contextId(dice), dice.pick([0, 1, 2, 3, 3, 0xff]), command.subarray(from, from + dice.below(40)));
  });
  return pdu(4, Buffer.concat(parts));
}

/** A C-STORE, well framed, whose data set is broken. */
function brokenStore(dice: Dice, name: string): Buffer {
  const sop = uidFrom(SEED, 'pdu', name);
  const study = uidFrom(SEED, 'pdu', 'study', dice.below(20));
  const { contextId: id, bytes } = dice.pick(encodings({ study, series: `${study}.1`, sop }));
  const dataSet = mutated(bytes, dice);
  const half = dice.below(dataSet.byteLength + 1) & ~1;
  return Buffer.concat([
    pData(id, FLAG.command | FLAG.last, storeRq(1, SECONDARY_CAPTURE, sop)),
    pData(id, FLAG.dataSet, dataSet.subarray(0, half)),
    pData(id, FLAG.last, dataSet.subarray(half)),
  ]);
}

/** A request of any service, in its own context, whose command set or data set is broken. */
function brokenService(dice: Dice, messageId: number): Buffer {
  const service = dice.pick(MUTATED_SERVICES);
  const command = commandOf(service, { messageId });
  const data = service.dataSet ?? Buffer.alloc(0);
  const broken = dice.chance(0.7);
  return Buffer.concat([
    pData(service.contextId, FLAG.command | FLAG.last, broken ? command : mutated(command, dice)),
    pData(service.contextId, FLAG.last, broken ? mutated(data, dice) : data),
  ]);
}

/** One mutated PDU of an association that stands; `name` decides the UID of what it would store. */
export function laterPdu(dice: Dice, name: string): Buffer {
  const messageId = 1 + dice.below(30_000);
  const command = request(dice, messageId);
  const whole = pData(contextId(dice), FLAG.command | FLAG.last, command);
  const share = dice.below(100);
  if (share < 22) {
    return mutated(whole, dice);
  }
  if (share < 45) {
    return pData(dice.pick([1, 1, 3, 5, 11, 13, 15, 17, 19, 21]), FLAG.command | FLAG.last, oddCommand(dice, messageId));
  }
  if (share < 62) {
    return pData(dice.pick([1, 1, 3, 5]), dice.chance(0.95) ? FLAG.command | FLAG.last : FLAG.command, mutated(command, dice));
  }
  if (share < 68) {
    return brokenStore(dice, name);
  }
  if (share < 72) {
    return brokenService(dice, messageId);
  }
  if (share < 76) {
    return dice.chance(0.5) ? dice.pick(CONTROL) : mutated(dice.pick(CONTROL), dice);
  }
  if (share < 86) {
    return manyPdvs(dice);
  }
  return share < 93 ? spliced(whole, dice.pick(CONTROL), dice) : pdu(dice.below(256), dice.bytes(dice.below(64)));
}
