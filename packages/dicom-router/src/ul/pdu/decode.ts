import { ByteReader } from './byte-reader.ts';
import {
  type AssociateAc,
  type AssociateRq,
  type ContextAnswer,
  type ControlPdu,
  PDU_TYPE,
  type ProposedContext,
  type UserInformation,
} from './model.ts';
import { readUserInformation } from './user-information.ts';

const NAMES: Readonly<Record<number, string>> = {
  [PDU_TYPE.associateRq]: 'A-ASSOCIATE-RQ',
  [PDU_TYPE.associateAc]: 'A-ASSOCIATE-AC',
  [PDU_TYPE.associateRj]: 'A-ASSOCIATE-RJ',
  [PDU_TYPE.pDataTf]: 'P-DATA-TF',
  [PDU_TYPE.releaseRq]: 'A-RELEASE-RQ',
  [PDU_TYPE.releaseRp]: 'A-RELEASE-RP',
  [PDU_TYPE.abort]: 'A-ABORT',
};

/** The standard's name of a PDU type, none for a type that is not defined. */
export function pduName(type: number): string | undefined {
  return NAMES[type];
}

/**
 * Decodes the variable field of a PDU other than P-DATA-TF.
 * @throws RouterError `invalid-pdu`, naming the PDU and the field
 */
export function decodePdu(type: number, body: Uint8Array): ControlPdu {
  const reader = new ByteReader(NAMES[type] ?? `PDU type ${type.toString(16)}H`, body);
  switch (type) {
    case PDU_TYPE.associateRq:
      return { type: 'associate-rq', ...readAssociate(reader, 0x20, readProposedContext) } satisfies AssociateRq;
    case PDU_TYPE.associateAc:
      return { type: 'associate-ac', ...readAssociate(reader, 0x21, readContextAnswer) } satisfies AssociateAc;
    case PDU_TYPE.associateRj:
      reader.skip(1, 'reserved');
      return { type: 'associate-rj', result: reader.u8('result'), source: reader.u8('source'), reason: reader.u8('reason') };
    case PDU_TYPE.releaseRq:
      return { type: 'release-rq' };
    case PDU_TYPE.releaseRp:
      return { type: 'release-rp' };
    case PDU_TYPE.abort:
      reader.skip(2, 'reserved');
      return { type: 'abort', source: reader.u8('source'), reason: reader.u8('reason') };
    default:
      throw reader.error('type', 'not a PDU of PS3.8');
  }
}

interface Associate<Context> {
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly Context[];
  readonly user: UserInformation;
}

const NO_USER_INFORMATION: UserInformation = {
  maxLength: 0,
  implementationClassUid: '',
  roles: [],
  extended: [],
  commonExtended: [],
};

/** The form that A-ASSOCIATE-RQ and -AC share. PS3.8 9.3.2, 9.3.3. */
function readAssociate<Context>(
  reader: ByteReader,
  contextType: number,
  readContext: (item: ByteReader) => Context,
): Associate<Context> {
  const protocolVersion = reader.u16('protocol version');
  reader.skip(2, 'reserved');
  const calledAe = aeTitle(reader, 'called AE title');
  const callingAe = aeTitle(reader, 'calling AE title');
  reader.skip(32, 'reserved');
  const contexts: Context[] = [];
  let applicationContext = '';
  let user = NO_USER_INFORMATION;
  while (reader.remaining > 0) {
    const type = reader.u8('item type');
    reader.skip(1, 'reserved');
    const item = reader.part(reader.u16('item length'), itemName(type));
    if (type === 0x10) {
      applicationContext = item.uid(item.remaining, 'name');
    } else if (type === contextType) {
      contexts.push(readContext(item));
    } else if (type === 0x50) {
      user = readUserInformation(item);
    }
  }
  if (contexts.length > 128) {
    throw reader.error('presentation contexts', `${contexts.length} of them, 128 are possible`);
  }
  return { protocolVersion, calledAe, callingAe, applicationContext, contexts, user };
}

/** Padded with spaces, by some machines with NUL. PS3.8 9.3.2. */
function aeTitle(reader: ByteReader, field: string): string {
  return reader.text(16, field).replaceAll('\0', ' ').trim();
}

function itemName(type: number): string {
  const names: Readonly<Record<number, string>> = {
    16: 'application context',
    32: 'presentation context',
    33: 'presentation context',
    80: 'user information',
  };
  return names[type] ?? `item ${type.toString(16)}H`;
}

/** PS3.8 9.3.2.2. */
function readProposedContext(item: ByteReader): ProposedContext {
  const id = item.u8('id');
  item.skip(3, 'reserved');
  let abstractSyntax = '';
  const transferSyntaxes: string[] = [];
  while (item.remaining > 0) {
    const type = item.u8('sub-item type');
    item.skip(1, 'reserved');
    const length = item.u16('sub-item length');
    if (type === 0x30) {
      abstractSyntax = item.uid(length, 'abstract syntax');
    } else if (type === 0x40) {
      transferSyntaxes.push(item.uid(length, 'transfer syntax'));
    } else {
      item.skip(length, 'unknown sub-item');
    }
  }
  return { id, abstractSyntax, transferSyntaxes };
}

/** PS3.8 9.3.3.2; the transfer syntax of a refused context is not significant. */
function readContextAnswer(item: ByteReader): ContextAnswer {
  const id = item.u8('id');
  item.skip(1, 'reserved');
  const result = item.u8('result');
  item.skip(1, 'reserved');
  let transferSyntax = '';
  while (item.remaining > 0) {
    const type = item.u8('sub-item type');
    item.skip(1, 'reserved');
    const length = item.u16('sub-item length');
    if (type === 0x40 && result === 0) {
      transferSyntax = item.uid(length, 'transfer syntax');
    } else {
      item.skip(length, 'unknown sub-item');
    }
  }
  return { id, result, transferSyntax };
}
