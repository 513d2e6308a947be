import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { AssociationDialogue } from './association-dialogue.ts';
import { COMMAND } from './command-field.ts';
import { type CommandSet, decodeCommand, encodeCommand, NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import type { DimseResponse } from './dialogue.ts';
import { readWhole } from './message.ts';
import type { Answer, Service, ServiceRequest } from './provider.ts';

const FIND = { id: 1, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntax: '1.2.840.10008.1.2.1' };
const CT = { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntax: '1.2.840.10008.1.2.1' };

const command = (contextId: number, set: CommandSet): Fragment => ({
  contextId,
  command: true,
  last: true,
  bytes: encodeCommand(set),
});
const data = (contextId: number, text: string): Fragment => ({ contextId, command: false, last: true, bytes: Buffer.from(text) });
const findRq = (MessageID: number): readonly Fragment[] => [
  command(1, {
    CommandField: COMMAND.cFindRq,
    MessageID,
    CommandDataSetType: WITH_DATA_SET,
    AffectedSOPClassUID: FIND.abstractSyntax,
  }),
  data(1, 'key'),
];
const cancelRq = (id: number): Fragment =>
  command(1, { CommandField: COMMAND.cCancelRq, MessageIDBeingRespondedTo: id, CommandDataSetType: NO_DATA_SET });
const response = (CommandField: number, id: number, Status: number, contextId = 3): Fragment =>
  command(contextId, { CommandField, MessageIDBeingRespondedTo: id, CommandDataSetType: NO_DATA_SET, Status });
const findRsp = (id: number, Status: number, text?: string): readonly Fragment[] =>
  text === undefined
    ? [response(0x8020, id, Status, 1)]
    : [
        command(1, { CommandField: 0x8020, MessageIDBeingRespondedTo: id, CommandDataSetType: WITH_DATA_SET, Status }),
        data(1, text),
      ];

const STORE = { CommandField: COMMAND.cStoreRq, AffectedSOPClassUID: CT.abstractSyntax, AffectedSOPInstanceUID: '1.2.3' };
const FIND_COMMAND = { CommandField: COMMAND.cFindRq, AffectedSOPClassUID: FIND.abstractSyntax };

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
}

type Find = (request: ServiceRequest) => Promise<Answer>;

function served(find: Find, incoming: readonly Fragment[] = [], extra: Partial<Service> = {}, limits = {}) {
  const association = new AssociationDouble([FIND, CT], incoming, { open: true, window: { ours: 2, theirs: 1 } });
  const service: Service = {
    commandField: COMMAND.cFindRq,
    supports: (uid) => uid === FIND.abstractSyntax,
    handle: async (request) => {
      if (request.dataSet !== undefined) {
        await readWhole(request.dataSet, 100);
      }
      return await find(request);
    },
    ...extra,
  };
  const stop = new AbortController();
  const failures: unknown[] = [];
  const dialogue = new AssociationDialogue(association, {
    services: [service],
    limits: routerLimits(limits),
    stop: stop.signal,
    answered: () => undefined,
    failed: (error) => failures.push(error),
  });
  const ended = dialogue.serve().then(
    () => 'released',
    (error: unknown) => String(error),
  );
  return { association, dialogue, ended, stop, failures, sent: () => commandsOf(association) };
}

function user(incoming: readonly Fragment[] = [], ours = 1, limits = {}, services: readonly Service[] = []) {
  const window = { ours, theirs: 1 };
  const association = new AssociationDouble([FIND, CT], incoming, { open: true, role: 'requestor', window });
  const dialogue = new AssociationDialogue(association, {
    services,
    limits: routerLimits(limits),
    stop: new AbortController().signal,
    answered: () => undefined,
    failed: () => undefined,
  });
  return { association, dialogue, sent: () => commandsOf(association) };
}

const commandsOf = (association: AssociationDouble) =>
  association.written.filter((one) => one.command).map((one) => decodeCommand(one.bytes));

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('a service that works', () => {
  it('hears the cancel of its operation, of no other', async () => {
    const { association, ended, sent } = served(async ({ cancelled }) => {
      association.say(cancelRq(8), cancelRq(7));
      await aborted(cancelled);
      return { status: 'cancelled' };
    }, findRq(7));
    await expect.poll(sent).toMatchObject([{ CommandField: 0x8020, MessageIDBeingRespondedTo: 7, Status: 0xfe00 }]);
    association.say(undefined);
    expect(await ended).toBe('released');
  });

  it('sends responses before the last, each with its data set', async () => {
    const { association, ended, sent } = served(async (request) => {
      await request.pending({ status: 'pending', dataSet: Buffer.from('one') });
      await request.pending({ status: 'pendingWarning', dataSet: Buffer.from('two') });
      return { status: 'success' };
    }, findRq(7));
    association.say(undefined);
    expect(await ended).toBe('released');
    expect(sent().map(({ Status, CommandDataSetType }) => [Status, CommandDataSetType])).toEqual([
      [0xff00, WITH_DATA_SET],
      [0xff01, WITH_DATA_SET],
      [0, NO_DATA_SET],
    ]);
    expect(association.written.filter((one) => !one.command).map((one) => Buffer.from(one.bytes).toString())).toEqual([
      'one',
      'two',
    ]);
  });

  it('is told when the peer leaves, and answered for when it gives up by that', async () => {
    const { association, ended, sent } = served(async ({ cancelled }) => {
      await aborted(cancelled);
      throw cancelled.reason;
    }, findRq(7));
    association.say(undefined);
    expect(await ended).toBe('released');
    expect(sent()).toMatchObject([{ Status: 0xfe00 }]);
  });

  it('is told when the association breaks', async () => {
    let told = false;
    const { association, ended } = served(async ({ cancelled }) => {
      await aborted(cancelled);
      told = true;
      return { status: 'cancelled' };
    }, findRq(7));
    await expect.poll(() => association.left).toBe(0);
    association.abort();
    expect(await ended).toContain('ended here');
    expect(told).toBe(true);
  });

  it('is told when the product stops, and the association ends behind its answer', async () => {
    const { association, ended, stop, sent } = served(async ({ cancelled }) => {
      await aborted(cancelled);
      throw cancelled.reason;
    }, findRq(7));
    await expect.poll(() => association.left).toBe(0);
    stop.abort();
    expect(await ended).toContain('stopping');
    expect(sent()).toMatchObject([{ Status: 0xa700, ErrorComment: 'this archive is being stopped' }]);
    expect(association.ended).toBe('aborted');
  });

  it('is given the time it needs, and the peer only then its own again', async () => {
    let finish: ((answer: Answer) => void) | undefined;
    const { association, ended, sent } = served(() => new Promise((resolve) => (finish = resolve)), findRq(7));
    await expect.poll(() => association.patienceMs).toBe(Number.POSITIVE_INFINITY);
    finish?.({ status: 'success' });
    await expect.poll(sent).toHaveLength(1);
    expect(association.patienceMs).toBe(routerLimits().idleMs);
    association.say(undefined);
    await ended;
  });

  it('holds up the next request, which is served after it', async () => {
    const order: number[] = [];
    const { association, ended } = served(
      async ({ command: { MessageID = 0 } }) => {
        order.push(MessageID);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(-MessageID);
        return { status: 'success' };
      },
      [...findRq(7), ...findRq(8)],
    );
    association.say(undefined);
    expect(await ended).toBe('released');
    expect(order).toEqual([7, -7, 8, -8]);
  });

  it('may ask on the same association, several at a time, while what the peer asks besides is refused', async () => {
    const { association, ended, sent } = served(async ({ dialogue }) => {
      const answers = [1, 2, 3].map(() => dialogue.performOne({ ...CT, roles: { scu: true, scp: true } }, STORE, bytes()));
      return { status: 'success', elements: { NumberOfCompletedSuboperations: (await Promise.all(answers)).length } };
    }, findRq(7));
    await expect.poll(sent).toMatchObject([{ MessageID: 1 }, { MessageID: 2 }]);
    association.say(...findRq(9));
    association.say(response(0x8001, 2, 0), response(0x8001, 1, 0));
    await expect.poll(() => sent().length).toBe(4);
    association.say(response(0x8001, 3, 0), undefined);
    expect(await ended).toBe('released');
    expect(sent().slice(2)).toMatchObject([
      { CommandField: 0x8020, MessageIDBeingRespondedTo: 9, Status: 0x0213 },
      { CommandField: COMMAND.cStoreRq, MessageID: 3 },
      { CommandField: 0x8020, MessageIDBeingRespondedTo: 7, Status: 0, NumberOfCompletedSuboperations: 3 },
    ]);
  });

  it('goes on after its response, while the peer asks for more', async () => {
    const after: Service['after'] = async ({ dialogue, command: { MessageID } }) => {
      if (MessageID === 7) {
        await dialogue.performOne({ ...CT, roles: { scu: true, scp: true } }, STORE, bytes());
        throw new Error('after all');
      }
    };
    const { association, ended, sent, failures } = served(() => Promise.resolve({ status: 'success' }), findRq(7), { after });
    await expect.poll(sent).toMatchObject([{ Status: 0 }, { CommandField: COMMAND.cStoreRq }]);
    association.say(...findRq(8));
    await expect.poll(() => sent().length).toBe(3);
    association.say(response(0x8001, 1, 0));
    await expect.poll(() => failures.length).toBe(1);
    association.say(undefined);
    expect(await ended).toBe('released');
  });

  it('that throws our own error of another association is a fault, and this association goes on', async () => {
    const { association, ended, sent } = served(() => Promise.reject(new RouterError('unreachable', 'there')), findRq(7));
    association.say(undefined);
    expect(await ended).toBe('released');
    expect(sent()).toMatchObject([{ Status: 0x0110 }]);
  });

  it('refuses what is too long in words, once it was read', async () => {
    const { association, ended, sent } = served(() => Promise.resolve({ status: 'success' }));
    const [request] = findRq(7);
    association.say(...(request === undefined ? [] : [request]), data(1, 'x'.repeat(150)), undefined);
    expect(await ended).toBe('released');
    expect(sent()).toMatchObject([{ Status: 0xa700, ErrorComment: 'the data set has 150 bytes, 100 are possible' }]);
  });

  it('does not read on for ever what is too long', async () => {
    const { association, ended } = served(() => Promise.resolve({ status: 'success' }));
    const [request] = findRq(7);
    association.say(...(request === undefined ? [] : [request]), { ...data(1, 'x'.repeat(500)), last: false });
    expect(await ended).toContain('more than 500 bytes');
    expect(association.ended).toBe('aborted');
  });
});

describe('an operation of ours', () => {
  it('is answered by its own message, in any order', async () => {
    const { association, dialogue, sent } = user([], 8);
    const operations = [dialogue.performOne(CT_CONTEXT, STORE, bytes()), dialogue.performOne(CT_CONTEXT, STORE, bytes())];
    await expect.poll(() => sent().map(({ MessageID }) => MessageID)).toEqual([1, 2]);
    association.say(response(0x8001, 2, 0xb000), response(0x8001, 1, 0));
    expect((await Promise.all(operations)).map(({ status }) => status)).toEqual([0, 0xb000]);
    await dialogue.release();
    expect(association.ended).toBe('released');
  });

  it('waits while as many are open as were agreed on', async () => {
    const { association, dialogue, sent } = user([], 1);
    const operations = [dialogue.performOne(CT_CONTEXT, STORE, bytes()), dialogue.performOne(CT_CONTEXT, STORE, bytes())];
    await expect.poll(sent).toHaveLength(1);
    association.say(response(0x8001, 1, 0));
    await expect.poll(sent).toHaveLength(2);
    association.say(response(0x8001, 2, 0));
    expect(await Promise.all(operations)).toHaveLength(2);
  });

  it('gives each response with its data set, until the last', async () => {
    const { dialogue } = user([...findRsp(1, 0xff00, 'one'), ...findRsp(1, 0xff01, 'two'), ...findRsp(1, 0)]);
    const answers: DimseResponse[] = [];
    for await (const answer of dialogue.perform(FIND_CONTEXT, FIND_COMMAND, bytes())) {
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
      for await (const answer of dialogue.perform(FIND_CONTEXT, FIND_COMMAND, bytes())) {
        return answer;
      }
      return undefined;
    })();
    await expect.poll(() => sent().at(-1)).toMatchObject({ CommandField: COMMAND.cCancelRq, MessageIDBeingRespondedTo: 1 });
    association.say(...findRsp(1, 0xff00, 'two'), ...findRsp(1, 0xfe00));
    expect(await first).toMatchObject({ status: 0xff00 });
    const next = dialogue.performOne(CT_CONTEXT, STORE, bytes());
    association.say(response(0x8001, 2, 0));
    expect(await next).toMatchObject({ status: 0 });
  });

  it('holds the peer back while its responses are not taken', async () => {
    const responses = Array.from({ length: 50 }, () => findRsp(1, 0xff00, 'match')).flat();
    const { association, dialogue } = user([...responses, ...findRsp(1, 0)], 1, { heldResponses: 4 });
    const operation = dialogue.perform(FIND_CONTEXT, FIND_COMMAND, bytes())[Symbol.asyncIterator]();
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
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      await new Promise<void>((resolve) => (more = resolve));
    }
    const operation = dialogue.performOne(CT_CONTEXT, STORE, slow());
    await expect.poll(sent).toHaveLength(1);
    expect(association.patienceMs).toBe(Number.POSITIVE_INFINITY);
    more?.();
    await expect.poll(() => association.patienceMs).toBe(routerLimits().responseMs);
    association.say(response(0x8001, 1, 0));
    await operation;
  });

  it('is overdue even when the peer keeps talking', async () => {
    const { association, dialogue } = user([], 1, { responseMs: -1 });
    const operation = dialogue.performOne(CT_CONTEXT, STORE, bytes());
    await expect.poll(() => association.patienceMs).toBe(-1);
    association.say(cancelRq(5));
    await expect(operation).rejects.toMatchObject({ code: 'timeout' });
  });

  it('fails with what its data set failed with, and ends the association', async () => {
    const { association, dialogue } = user();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('the archive went away');
    }
    await expect(dialogue.performOne(CT_CONTEXT, STORE, broken())).rejects.toThrow('the archive went away');
    expect(association.ended).toBe('aborted');
    await expect(dialogue.performOne(CT_CONTEXT, STORE)).rejects.toBeInstanceOf(RouterError);
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
    const operation = dialogue.performOne(CT_CONTEXT, STORE, bytes());
    association.say(...said);
    await expect(operation).rejects.toThrow(message);
    expect(association.ended).toBe(said[0] === undefined ? 'released' : 'aborted');
    expect(dialogue.over).toBe(true);
  });

  it('reads nothing when nobody waits', async () => {
    const { association, dialogue } = user([response(0x8001, 1, 0), cancelRq(3)]);
    await dialogue.performOne(CT_CONTEXT, STORE, bytes());
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(association.left).toBe(1);
  });

  it('is answered by nobody once the peer has left', async () => {
    const { dialogue } = user([response(0x8001, 1, 0)], 1);
    await dialogue.performOne(CT_CONTEXT, STORE, bytes());
    dialogue.abort();
    await expect(dialogue.performOne(CT_CONTEXT, STORE, bytes())).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a requestor that attends', () => {
  const report: Service = {
    commandField: COMMAND.nEventReportRq,
    supports: () => true,
    handle: () => Promise.resolve({ status: 'success' }),
  };
  const eventRq = command(1, {
    CommandField: COMMAND.nEventReportRq,
    MessageID: 4,
    CommandDataSetType: NO_DATA_SET,
    AffectedSOPClassUID: FIND.abstractSyntax,
    EventTypeID: 1,
  });

  it('serves what the peer reports, until it has heard enough, and releases then', async () => {
    const { association, dialogue, sent } = user([], 1, {}, [report]);
    const enough = new AbortController();
    const attended = dialogue.attend(enough.signal);
    association.say(eventRq);
    await expect.poll(sent).toMatchObject([{ CommandField: 0x8100, MessageIDBeingRespondedTo: 4, Status: 0 }]);
    enough.abort();
    await attended;
    expect(association.ended).toBeUndefined();
    await dialogue.release();
    expect(association.ended).toBe('released');
  });

  it('asks for more meanwhile', async () => {
    const { association, dialogue } = user([], 1, {}, [report]);
    const enough = new AbortController();
    const attended = dialogue.attend(enough.signal);
    const operation = dialogue.performOne(CT_CONTEXT, STORE, bytes());
    association.say(response(0x8001, 1, 0));
    expect(await operation).toMatchObject({ status: 0 });
    enough.abort();
    await attended;
  });

  it('ends when the peer releases', async () => {
    const { association, dialogue } = user([], 1, {}, [report]);
    const attended = dialogue.attend(new AbortController().signal);
    association.say(undefined);
    await attended;
    expect(association.ended).toBe('released');
  });

  it('is not asked for what it is the user of', async () => {
    const { association, dialogue, sent } = user(findRq(2), 1, {}, [{ ...report, commandField: COMMAND.cFindRq }]);
    const attended = dialogue.attend(new AbortController().signal);
    association.say(undefined);
    await attended;
    expect(sent()).toMatchObject([{ Status: 0x0122 }]);
  });
});

const FIND_CONTEXT = { ...FIND, roles: { scu: true, scp: false } };
const CT_CONTEXT = { ...CT, roles: { scu: true, scp: false } };

function storeRspWith(text: string): readonly Fragment[] {
  const set = { CommandField: 0x8001, MessageIDBeingRespondedTo: 1, CommandDataSetType: WITH_DATA_SET, Status: 0 };
  return [command(3, set), { ...data(3, text), last: false }];
}
