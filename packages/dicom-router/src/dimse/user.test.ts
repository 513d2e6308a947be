import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { routerLimits } from '../limits.ts';
import { decodeCommand, encodeCommand, NO_DATA_SET } from './command-set.ts';
import { store } from './store.ts';

const CT = { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntax: '1.2.840.10008.1.2.1' };
const response = { CommandField: 0x8001, MessageIDBeingRespondedTo: 5, CommandDataSetType: NO_DATA_SET, Status: 0xb000 };
const answering = (changes: object) =>
  new AssociationDouble([CT], [{ contextId: 3, command: true, last: true, bytes: encodeCommand({ ...response, ...changes }) }], {
    maxFragmentBytes: 8,
    role: 'requestor',
    open: true,
  });

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ');
  yield Buffer.from('data set');
}

const operation = (transferSyntaxUid = CT.transferSyntax) => ({
  messageId: 5,
  sopClassUid: CT.abstractSyntax,
  sopInstanceUid: '1.2.3',
  transferSyntaxUid,
  dataSet: bytes(),
});

describe('the user of a storage service', () => {
  it('sends command and data set, and gives what was answered', async () => {
    const association = answering({ ErrorComment: 'coerced' });
    const result = await store(association, routerLimits(), operation());
    expect(result).toEqual({ status: 0xb000, comment: 'coerced' });
    const part = (command: boolean) =>
      Buffer.concat(association.written.filter((one) => one.command === command).map((one) => one.bytes));
    expect(decodeCommand(part(true))).toMatchObject({ CommandField: 1, MessageID: 5, AffectedSOPInstanceUID: '1.2.3' });
    expect(part(false).toString()).toBe('one data set');
  });

  it('sends only in the syntax the object has', async () => {
    await expect(store(answering({}), routerLimits(), operation('1.2.840.10008.1.2.4.50'))).rejects.toMatchObject({
      code: 'context-refused',
    });
  });

  it.each([
    ['to another message', { MessageIDBeingRespondedTo: 6 }],
    ['of another kind', { CommandField: 0x8030 }],
    ['without a status', { Status: undefined }],
  ])('aborts at an answer %s', async (_, changes) => {
    const association = answering(changes);
    await expect(store(association, routerLimits(), operation())).rejects.toMatchObject({ code: 'protocol' });
    expect(association.ended).toBe('aborted');
  });
});
