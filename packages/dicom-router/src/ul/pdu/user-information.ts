import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { CommonExtendedNegotiation, UserIdentity, UserInformation } from './model.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Draft extends Omit<Mutable<UserInformation>, 'roles' | 'extended' | 'commonExtended'> {
  roles: UserInformation['roles'][number][];
  extended: UserInformation['extended'][number][];
  commonExtended: CommonExtendedNegotiation[];
}

type ReadItem = (reader: ByteReader, draft: Draft) => void;

/** Sub-items of the user information by type; those not listed are skipped, as PS3.8 9.3.1 asks. PS3.7 D.3.3. */
const SUB_ITEMS: Readonly<Record<number, { readonly name: string; readonly read: ReadItem }>> = {
  81: {
    name: 'maximum length',
    read: (reader, draft) => {
      draft.maxLength = reader.u32('value');
    },
  },
  82: {
    name: 'implementation class UID',
    read: (reader, draft) => {
      draft.implementationClassUid = reader.uid(reader.remaining, 'value');
    },
  },
  83: {
    name: 'asynchronous operations window',
    read: (reader, draft) => {
      draft.asynchronousOperations = { invoked: reader.u16('invoked'), performed: reader.u16('performed') };
    },
  },
  84: {
    name: 'SCP/SCU role selection',
    read: (reader, draft) => {
      const sopClassUid = reader.uid16('SOP class UID');
      draft.roles.push({ sopClassUid, scu: reader.u8('SCU role') === 1, scp: reader.u8('SCP role') === 1 });
    },
  },
  85: {
    name: 'implementation version name',
    read: (reader, draft) => {
      draft.implementationVersionName = reader.text(reader.remaining, 'value');
    },
  },
  86: {
    name: 'SOP class extended negotiation',
    read: (reader, draft) => {
      const sopClassUid = reader.uid16('SOP class UID');
      draft.extended.push({ sopClassUid, information: reader.bytes(reader.remaining, 'information') });
    },
  },
  87: { name: 'SOP class common extended negotiation', read: readCommonExtended },
  88: {
    name: 'user identity',
    read: (reader, draft) => {
      draft.userIdentity = readUserIdentity(reader);
    },
  },
  89: {
    name: 'user identity response',
    read: (reader, draft) => {
      draft.userIdentityResponse = reader.bytes(reader.u16('length'), 'response');
    },
  },
};

function readCommonExtended(reader: ByteReader, draft: Draft): void {
  const sopClassUid = reader.uid16('SOP class UID');
  const serviceClassUid = reader.uid16('service class UID');
  const related = reader.part(reader.u16('related length'), 'related general SOP classes');
  const relatedGeneralSopClassUids: string[] = [];
  while (related.remaining > 0) {
    relatedGeneralSopClassUids.push(related.uid16('SOP class UID'));
  }
  draft.commonExtended.push({ sopClassUid, serviceClassUid, relatedGeneralSopClassUids });
}

function readUserIdentity(reader: ByteReader): UserIdentity {
  return {
    type: reader.u8('type'),
    positiveResponseRequested: reader.u8('positive response requested') === 1,
    primary: reader.bytes(reader.u16('primary length'), 'primary field'),
    secondary: reader.bytes(reader.u16('secondary length'), 'secondary field'),
  };
}

/** @throws RouterError `invalid-pdu` naming the sub-item */
export function readUserInformation(reader: ByteReader): UserInformation {
  const draft: Draft = { maxLength: 0, implementationClassUid: '', roles: [], extended: [], commonExtended: [] };
  while (reader.remaining > 0) {
    const type = reader.u8('sub-item type');
    reader.skip(1, 'reserved');
    const known = SUB_ITEMS[type];
    const content = reader.part(reader.u16('sub-item length'), known?.name ?? `sub-item ${type.toString(16)}H`);
    known?.read(content, draft);
  }
  return draft;
}

export function writeUserInformation(writer: ByteWriter, user: UserInformation): void {
  writer.item(0x51, (item) => item.u32(user.maxLength));
  writer.item(0x52, (item) => item.text(user.implementationClassUid));
  if (user.asynchronousOperations !== undefined) {
    const { invoked, performed } = user.asynchronousOperations;
    writer.item(0x53, (item) => item.u16(invoked).u16(performed));
  }
  for (const role of user.roles) {
    writer.item(0x54, (item) => item.text16(role.sopClassUid).u8(Number(role.scu)).u8(Number(role.scp)));
  }
  if (user.implementationVersionName !== undefined) {
    const name = user.implementationVersionName;
    writer.item(0x55, (item) => item.text(name));
  }
  for (const extended of user.extended) {
    writer.item(0x56, (item) => item.text16(extended.sopClassUid).bytes(extended.information));
  }
  for (const common of user.commonExtended) {
    writer.item(0x57, (item) => writeCommonExtended(item, common));
  }
  if (user.userIdentity !== undefined) {
    const { type, positiveResponseRequested, primary, secondary } = user.userIdentity;
    writer.item(0x58, (item) => item.u8(type).u8(Number(positiveResponseRequested)).bytes16(primary).bytes16(secondary));
  }
  if (user.userIdentityResponse !== undefined) {
    const response = user.userIdentityResponse;
    writer.item(0x59, (item) => item.bytes16(response));
  }
}

function writeCommonExtended(item: ByteWriter, common: CommonExtendedNegotiation): void {
  item.text16(common.sopClassUid).text16(common.serviceClassUid);
  const length = common.relatedGeneralSopClassUids.reduce((sum, uid) => sum + 2 + uid.length, 0);
  item.u16(length);
  for (const uid of common.relatedGeneralSopClassUids) {
    item.text16(uid);
  }
}
