import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { COMMAND } from './command-field.ts';
import { type CommandSet, decodeCommand, encodeCommand, NO_DATA_SET, WITH_DATA_SET } from './command-set.ts';
import { echoService } from './echo.ts';
import { type Answer, type Service, serveAssociation } from './provider.ts';
import { type StoreRequest, storeService } from './store.ts';

const VERIFICATION = { id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntax: '1.2.840.10008.1.2' };
const CT = { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntax: '1.2.840.10008.1.2.1' };

const echoRq: CommandSet = {
  AffectedSOPClassUID: VERIFICATION.abstractSyntax,
  CommandField: COMMAND.cEchoRq,
  MessageID: 7,
  CommandDataSetType: NO_DATA_SET,
};
const storeRq: CommandSet = {
  AffectedSOPClassUID: CT.abstractSyntax,
  CommandField: COMMAND.cStoreRq,
  MessageID: 8,
  Priority: 0,
  CommandDataSetType: WITH_DATA_SET,
  AffectedSOPInstanceUID: '1.2.3',
};

const command = (contextId: number, set: CommandSet): Fragment => ({
  contextId,
  command: true,
  last: true,
  bytes: encodeCommand(set),
});
const data = (contextId: number, text: string, last = true): Fragment => ({
  contextId,
  command: false,
  last,
  bytes: Buffer.from(text),
});

interface Run {
  readonly responses: readonly CommandSet[];
  readonly association: AssociationDouble;
  readonly error: unknown;
  readonly stored: readonly string[];
}

async function run(incoming: readonly Fragment[], answer: Answer = { status: 'success' }, read = true): Promise<Run> {
  const association = new AssociationDouble([VERIFICATION, CT], incoming);
  const stored: string[] = [];
  const receive = async (request: StoreRequest): Promise<Answer> => {
    const pieces: Uint8Array[] = [];
    if (read) {
      for await (const piece of request.dataSet) {
        pieces.push(piece);
      }
    }
    stored.push(`${request.sopInstanceUid} ${Buffer.concat(pieces).toString()}`);
    return answer;
  };
  const services: readonly Service[] = [echoService, storeService((uid) => uid === CT.abstractSyntax, receive)];
  const limits = routerLimits({ commandBytes: 1000 });
  const error = await serveAssociation(association, {
    services,
    limits,
    stop: new AbortController().signal,
    answered: () => undefined,
    failed: () => undefined,
  }).catch((thrown: unknown) => thrown);
  return { responses: association.written.map(({ bytes }) => decodeCommand(bytes)), association, error, stored };
}

describe('the provider of services', () => {
  it('lets others be heard between the messages that one peer has sent at once', async () => {
    let turns = 0;
    let over = false;
    const others = () => {
      turns += 1;
      if (!over) {
        setImmediate(others);
      }
    };
    setImmediate(others);
    const { responses } = await run(Array.from({ length: 50 }, () => command(1, echoRq)));
    over = true;
    expect(responses).toHaveLength(50);
    expect(turns).toBeGreaterThan(40);
  });

  it('answers an echo, then the release', async () => {
    const { responses, association } = await run([command(1, echoRq)]);
    expect(responses).toEqual([
      {
        AffectedSOPClassUID: VERIFICATION.abstractSyntax,
        CommandField: 0x8030,
        MessageIDBeingRespondedTo: 7,
        CommandDataSetType: NO_DATA_SET,
        Status: 0,
      },
    ]);
    expect(association.ended).toBe('released');
  });

  it('puts a command together from its fragments', async () => {
    const bytes = encodeCommand(echoRq);
    const pieces = Array.from(bytes, (_, index) => ({
      contextId: 1,
      command: true,
      last: index === bytes.byteLength - 1,
      bytes: bytes.subarray(index, index + 1),
    }));
    expect((await run(pieces)).responses).toMatchObject([{ Status: 0 }]);
  });

  it('streams a data set to the service and answers with what it says', async () => {
    const { responses, stored } = await run([command(3, storeRq), data(3, 'one ', false), data(3, 'two')], {
      status: 'outOfResources',
      comment: 'đầy',
    });
    expect(stored).toEqual(['1.2.3 one two']);
    expect(responses).toMatchObject([
      {
        CommandField: 0x8001,
        MessageIDBeingRespondedTo: 8,
        Status: 0xa700,
        ErrorComment: 'day',
        AffectedSOPInstanceUID: '1.2.3',
      },
    ]);
  });

  it('goes on after a service that left its data set unread', async () => {
    const incoming = [command(3, storeRq), data(3, 'x', false), data(3, 'y'), command(1, echoRq)];
    const { responses } = await run(incoming, { status: 'cannotUnderstand' }, false);
    expect(responses.map(({ Status }) => Status)).toEqual([0xc000, 0]);
  });

  it.each<[string, readonly Fragment[], number]>([
    ['an operation it does not know', [command(1, { ...echoRq, CommandField: 0x0020 })], 0x0211],
    [
      'such an operation with a data set',
      [command(1, { ...echoRq, CommandField: 0x0020, CommandDataSetType: 1 }), data(1, 'x')],
      0x0211,
    ],
    ['a SOP class that is not of the context', [command(1, { ...echoRq, AffectedSOPClassUID: '1.2' })], 0x0122],
    [
      'a store on the verification context',
      [command(1, { ...storeRq, AffectedSOPClassUID: '1.2.840.10008.1.1' }), data(1, 'x')],
      0x0122,
    ],
    ['a store without a data set', [command(3, { ...storeRq, CommandDataSetType: NO_DATA_SET })], 0xc000],
    ['a store whose instance UID is none', [command(3, { ...storeRq, AffectedSOPInstanceUID: '../../x' }), data(3, 'x')], 0x0117],
  ])('answers %s with a failure and goes on', async (_, incoming, status) => {
    const { responses, association, stored } = await run([...incoming, command(1, echoRq)]);
    expect(responses.map(({ Status }) => Status)).toEqual([status, 0]);
    expect(association.ended).toBe('released');
    expect(stored).toEqual([]);
  });

  it('lets a cancel pass in silence', async () => {
    const { responses } = await run([command(1, { ...echoRq, CommandField: COMMAND.cCancelRq })]);
    expect(responses).toEqual([]);
  });

  it.each<[string, readonly Fragment[], string]>([
    ['a data set without a command', [data(3, 'x')], 'a data set fragment came where a command was expected'],
    [
      'a command that never ends',
      Array.from({ length: 20 }, () => ({ ...command(1, echoRq), last: false })),
      'longer than 1000 bytes',
    ],
    [
      'a command within a data set',
      [command(3, storeRq), data(3, 'x', false), command(3, storeRq)],
      'a fragment of another message',
    ],
    ['a data set of another context', [command(3, storeRq), data(1, 'x')], 'a fragment of another message'],
    ['a release within a data set', [command(3, storeRq), data(3, 'x', false)], 'release in the middle of a data set'],
    ['a release within a command', [{ ...command(1, echoRq), last: false }], 'release in the middle of a command'],
    ['a response', [command(1, { ...echoRq, CommandField: 0x8030 })], 'a response where nothing was asked'],
    ['a command that cannot be read', [{ ...command(1, echoRq), bytes: Buffer.from('nonsense') }], 'command element'],
  ])('aborts at %s', async (_, incoming, message) => {
    const { association, error } = await run(incoming);
    expect(association.ended).toBe('aborted');
    expect(error).toBeInstanceOf(RouterError);
    expect(String(error)).toContain(message);
  });

  it('ends between two messages when the product stops', async () => {
    const association = new AssociationDouble([VERIFICATION], [command(1, echoRq)]);
    const options = {
      services: [echoService],
      limits: routerLimits(),
      stop: AbortSignal.abort(),
      answered: () => undefined,
      failed: () => undefined,
    };
    await expect(serveAssociation(association, options)).rejects.toMatchObject({ code: 'closed' });
    expect(association.ended).toBe('aborted');
  });
});
