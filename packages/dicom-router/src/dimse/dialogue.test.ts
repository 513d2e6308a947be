import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { bytes, CT, cancelRq, command, commandsOf, data, FIND, findRq, response, STORE, user } from '../../test/dimse-talk.ts';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { AssociationDialogue } from './association-dialogue.ts';
import { COMMAND } from './command-field.ts';
import { NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import { readWhole } from './message.ts';
import type { Answer, Service, ServiceRequest } from './provider.ts';

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
      const answers = [1, 2, 3].map(() => dialogue.performOne(CT, STORE, bytes()));
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
        await dialogue.performOne(CT, STORE, bytes());
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
    const operation = dialogue.performOne(CT, STORE, bytes());
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
