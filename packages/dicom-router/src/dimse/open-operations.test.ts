import { describe, expect, it } from 'vitest';
import { bytes, CT, cancelRq, command, data, FIND, FIND_COMMAND, findRsp, response, STORE, user } from '../../test/dimse-talk.ts';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { COMMAND } from './command-field.ts';
import { NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import type { DimseResponse } from './dialogue.ts';
import type { OutgoingPiece } from './message.ts';

describe('an operation of ours', () => {
  it('is answered by its own message, in any order', async () => {
    const { association, dialogue, sent } = user([], 8);
    const operations = [dialogue.performOne(CT, STORE, bytes()), dialogue.performOne(CT, STORE, bytes())];
    await expect.poll(() => sent().map(({ MessageID }) => MessageID)).toEqual([1, 2]);
    association.say(response(0x8001, 2, 0xb000), response(0x8001, 1, 0));
    expect((await Promise.all(operations)).map(({ status }) => status)).toEqual([0, 0xb000]);
    await dialogue.release();
    expect(association.ended).toBe('released');
  });

  it('waits while as many are open as were agreed on', async () => {
    const { association, dialogue, sent } = user([], 1);
    const operations = [dialogue.performOne(CT, STORE, bytes()), dialogue.performOne(CT, STORE, bytes())];
    await expect.poll(sent).toHaveLength(1);
    association.say(response(0x8001, 1, 0));
    await expect.poll(sent).toHaveLength(2);
    association.say(response(0x8001, 2, 0));
    expect(await Promise.all(operations)).toHaveLength(2);
  });

  it('gives each response with its data set, until the last', async () => {
    const { dialogue } = user([...findRsp(1, 0xff00, 'one'), ...findRsp(1, 0xff01, 'two'), ...findRsp(1, 0)]);
    const answers: DimseResponse[] = [];
    for await (const answer of dialogue.perform(FIND, FIND_COMMAND, bytes())) {
      answers.push(answer);
    }
    expect(answers.map(({ status, dataSet }) => [status, dataSet === undefined ? '' : Buffer.from(dataSet).toString()])).toEqual([
      [0xff00, 'one'],
      [0xff01, 'two'],
      [0, ''],
    ]);
  });

  it('is cancelled when nobody wants more, and over when the peer has said so', async () => {
    const { association, dialogue, sent } = user(findRsp(1, 0xff00, 'one'));
    const first = (async () => {
      for await (const answer of dialogue.perform(FIND, FIND_COMMAND, bytes())) {
        return answer;
      }
      return undefined;
    })();
    await expect.poll(() => sent().at(-1)).toMatchObject({ CommandField: COMMAND.cCancelRq, MessageIDBeingRespondedTo: 1 });
    association.say(...findRsp(1, 0xff00, 'two'), ...findRsp(1, 0xfe00));
    expect(await first).toMatchObject({ status: 0xff00 });
    const next = dialogue.performOne(CT, STORE, bytes());
    association.say(response(0x8001, 2, 0));
    expect(await next).toMatchObject({ status: 0 });
  });

  it('holds the peer back while its responses are not taken', async () => {
    const responses = Array.from({ length: 50 }, () => findRsp(1, 0xff00, 'match')).flat();
    const { association, dialogue } = user([...responses, ...findRsp(1, 0)], 1, { heldResponses: 4 });
    const operation = dialogue.perform(FIND, FIND_COMMAND, bytes())[Symbol.asyncIterator]();
    await operation.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(association.left).toBe(2 * 45 + 1);
    let count = 1;
    while ((await operation.next()).done !== true) {
      count += 1;
    }
    expect(count).toBe(51);
  });

  it('waits for an answer as long as one may take, and while it is sent as long as that takes', async () => {
    const { association, dialogue, sent } = user();
    let more: (() => void) | undefined;
    async function* slow(): AsyncGenerator<OutgoingPiece> {
      yield { bytes: Buffer.from('x'), last: false };
      await new Promise<void>((resolve) => (more = resolve));
    }
    const operation = dialogue.performOne(CT, STORE, slow());
    await expect.poll(sent).toHaveLength(1);
    expect(association.patienceMs).toBe(Number.POSITIVE_INFINITY);
    more?.();
    await expect.poll(() => association.patienceMs).toBe(routerLimits().responseMs);
    association.say(response(0x8001, 1, 0));
    await operation;
  });

  it('is overdue even when the peer keeps talking', async () => {
    const { association, dialogue } = user([], 1, { responseMs: -1 });
    const operation = dialogue.performOne(CT, STORE, bytes());
    await expect.poll(() => association.patienceMs).toBe(-1);
    association.say(cancelRq(5));
    await expect(operation).rejects.toMatchObject({ code: 'timeout' });
  });

  it('fails with what its data set failed with, and ends the association', async () => {
    const { association, dialogue } = user();
    async function* broken(): AsyncGenerator<OutgoingPiece> {
      yield { bytes: Buffer.from('x'), last: false };
      throw new Error('the archive went away');
    }
    await expect(dialogue.performOne(CT, STORE, broken())).rejects.toThrow('the archive went away');
    expect(association.ended).toBe('aborted');
    await expect(dialogue.performOne(CT, STORE)).rejects.toBeInstanceOf(RouterError);
  });

  it.each<[string, readonly (Fragment | undefined)[], string]>([
    ['a message that was not asked', [response(0x8001, 2, 0)], 'nothing was asked (message 2)'],
    ['another command', [response(0x8030, 1, 0)], 'answered with command 8030H'],
    ['another context', [response(0x8001, 1, 0, 1)], 'in context 1 to message 1'],
    [
      'no status',
      [command(3, { CommandField: 0x8001, MessageIDBeingRespondedTo: 1, CommandDataSetType: NO_DATA_SET })],
      'no Status',
    ],
    ['that more comes, where one response is all', [response(0x8001, 1, 0xff00)], 'a pending Status'],
    ['a data set without end', [...storeRspWith('x'.repeat(200))], 'more than'],
    ['a release', [undefined], 'release before it answered'],
  ])('ends the association when the answer is %s', async (_, said, message) => {
    const { association, dialogue } = user([], 1, { responseDataSetBytes: 10 });
    const operation = dialogue.performOne(CT, STORE, bytes());
    association.say(...said);
    await expect(operation).rejects.toThrow(message);
    expect(association.ended).toBe(said[0] === undefined ? 'released' : 'aborted');
    expect(dialogue.over).toBe(true);
  });

  it('reads nothing when nobody waits', async () => {
    const { association, dialogue } = user([response(0x8001, 1, 0), cancelRq(3)]);
    await dialogue.performOne(CT, STORE, bytes());
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(association.left).toBe(1);
  });

  it('is answered by nobody once the peer has left', async () => {
    const { dialogue } = user([response(0x8001, 1, 0)], 1);
    await dialogue.performOne(CT, STORE, bytes());
    dialogue.abort();
    await expect(dialogue.performOne(CT, STORE, bytes())).rejects.toMatchObject({ code: 'closed' });
  });
});

function storeRspWith(text: string): readonly Fragment[] {
  const set = { CommandField: 0x8001, MessageIDBeingRespondedTo: 1, CommandDataSetType: WITH_DATA_SET, Status: 0 };
  return [command(3, set), { ...data(3, text), last: false }];
}
