import { describe, expect, it } from 'vitest';
import { CT, response, user } from '../../test/dimse-talk.ts';
import { decodeCommand } from './command-set.ts';
import type { OutgoingPiece } from './message.ts';
import { store } from './store.ts';

async function* bytes(): AsyncGenerator<OutgoingPiece> {
  yield { bytes: Buffer.from('one '), last: false };
  yield { bytes: Buffer.from('data set'), last: true };
}

const operation = (transferSyntaxUid = CT.transferSyntax) => ({
  sopClassUid: CT.abstractSyntax,
  sopInstanceUid: '1.2.3',
  transferSyntaxUid,
  dataSet: bytes(),
});

describe('the user of a storage service', () => {
  it('sends command and data set, and gives what was answered', async () => {
    const { association, dialogue } = user([response(0x8001, 1, 0xb000)], 1, {}, [], 8);
    expect(await store(dialogue, operation())).toMatchObject({ status: 0xb000 });
    const part = (command: boolean) =>
      Buffer.concat(association.written.filter((one) => one.command === command).map((one) => one.bytes));
    expect(decodeCommand(part(true))).toMatchObject({ CommandField: 1, MessageID: 1, AffectedSOPInstanceUID: '1.2.3' });
    expect(part(false).toString()).toBe('one data set');
  });

  it('sends only in the syntax the object has', async () => {
    const { dialogue } = user();
    await expect(store(dialogue, operation('1.2.840.10008.1.2.4.50'))).rejects.toMatchObject({ code: 'context-refused' });
  });
});
