import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND } from '../../src/dimse/command-field.ts';
import { encodeCommand, NO_DATA_SET } from '../../src/dimse/command-set.ts';
import { echoService } from '../../src/dimse/echo.ts';
import { readWhole } from '../../src/dimse/message.ts';
import { type Service, serveAssociation } from '../../src/dimse/provider.ts';
import { errorComment } from '../../src/dimse/status.ts';
import { storeService } from '../../src/dimse/store.ts';
import { RouterError } from '../../src/errors.ts';
import { routerLimits } from '../../src/limits.ts';
import { step } from '../../src/ul/machine.ts';
import { decodePdu } from '../../src/ul/pdu/decode.ts';
import { encodePdu } from '../../src/ul/pdu/encode.ts';
import type { Fragment } from '../../src/ul/pdu/model.ts';
import { AssociationDouble } from '../association-double.ts';

/** `FILMLESS_SEED=` repeats what failed, `FILMLESS_HOSTILE=10` tries ten times as much. */
const runs = (count: number) => ({
  seed: createHash('sha256')
    .update(process.env.FILMLESS_SEED ?? 'hostile')
    .digest()
    .readInt32LE(),
  numRuns: count * Number(process.env.FILMLESS_HOSTILE ?? 1),
});

const CONTEXTS = [
  { id: 1, abstractSyntax: '1.2.840.10008.1.1', transferSyntax: '1.2.840.10008.1.2' },
  { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntax: '1.2.840.10008.1.2.1' },
  { id: 5, abstractSyntax: '1.2.840.10008.5.1.4.1.2.2.1', transferSyntax: '1.2.840.10008.1.2.1' },
];

/** Reads what it is asked, answers twice, and asks back on the same association. */
const findService: Service = {
  commandField: COMMAND.cFindRq,
  supports: (uid) => uid === CONTEXTS[2]?.abstractSyntax,
  handle: async (request) => {
    if (request.dataSet !== undefined) {
      await readWhole(request.dataSet, 20);
    }
    await request.pending({ status: 'pending', dataSet: new Uint8Array(4) });
    if (request.command.MessageID === 1) {
      await request.dialogue.performOne(request.context, { CommandField: COMMAND.cEchoRq });
    }
    return { status: request.cancelled.aborted ? 'cancelled' : 'success' };
  },
};
const command = fc
  .record({
    CommandField: fc.oneof(fc.constantFrom(0x0001, 0x0030, 0x0fff, 0x0020, 0x8030), fc.nat(0xffff)),
    MessageID: fc.oneof(fc.constantFrom(1, 2), fc.nat(0xffff)),
    MessageIDBeingRespondedTo: fc.constantFrom(1, 2),
    Status: fc.constantFrom(0, 0xff00),
    CommandDataSetType: fc.constantFrom(NO_DATA_SET, 1, 0),
    AffectedSOPClassUID: fc.constantFrom(
      '1.2.840.10008.1.1',
      '1.2.840.10008.5.1.4.1.1.7',
      '1.2.840.10008.5.1.4.1.2.2.1',
      '',
      'x',
    ),
    AffectedSOPInstanceUID: fc.constantFrom('1.2.3', '', '../x'),
  })
  .map((set) => encodeCommand(set));
const fragment: fc.Arbitrary<Fragment> = fc.record({
  contextId: fc.constantFrom(1, 3, 5),
  command: fc.boolean(),
  last: fc.boolean(),
  bytes: fc.oneof(command, fc.uint8Array({ maxLength: 40 })),
});

describe('any fragments', () => {
  it('are answered message by message, until the association is released or aborted with a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 12 }), async (fragments) => {
        const association = new AssociationDouble(CONTEXTS, fragments);
        const receive = () => Promise.resolve({ status: 'success' } as const);
        const services = [echoService, findService, storeService((uid) => uid === CONTEXTS[1]?.abstractSyntax, receive)];
        const stop = new AbortController().signal;
        const options = { services, limits: routerLimits(), stop, answered: () => undefined, failed: () => undefined };
        try {
          await serveAssociation(association, options);
          expect(association.ended).toBe('released');
        } catch (error) {
          expect(error).toBeInstanceOf(RouterError);
          expect(association.ended).toBe('aborted');
        }
      }),
      runs(1500),
    );
  });
});

describe('an A-ASSOCIATE PDU', () => {
  it('of any items is read as what it would be written as, or refused by the name of a field', () => {
    const item = fc
      .tuple(fc.constantFrom(0x10, 0x20, 0x21, 0x30, 0x40, 0x50, 0x51, 0x54, 0x58, 0xff), fc.uint8Array({ maxLength: 40 }))
      .map(([type, content]) => Buffer.concat([Buffer.from([type, 0, 0, content.byteLength]), content]));
    const body = fc
      .tuple(fc.uint8Array({ minLength: 68, maxLength: 68 }), fc.array(item, { maxLength: 8 }))
      .map(([head, items]) => Buffer.concat([head, ...items]));
    fc.assert(
      fc.property(fc.constantFrom(1, 2), body, (type, bytes) => {
        try {
          const pdu = decodePdu(type, bytes);
          const again = decodePdu(type, encodePdu(pdu).subarray(6));
          expect(encodePdu(again)).toEqual(encodePdu(pdu));
        } catch (error) {
          expect(error).toBeInstanceOf(RouterError);
          expect(error).toMatchObject({ code: 'invalid-pdu' });
        }
      }),
      runs(2000),
    );
  });
});

describe('any words of an error', () => {
  it('are an Error Comment of at most 64 characters that every peer can read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(errorComment(text)).toMatch(/^[\x20-\x5b\x5d-\x7e]{0,64}$/);
      }),
      runs(1000),
    );
  });
});

describe('any events', () => {
  it('lead from state to state of the table and never out of it', () => {
    const events = [
      'transportIndicated',
      'associateArrived',
      'acceptResponded',
      'dataArrived',
      'releaseArrived',
      'releaseResponded',
      'abortArrived',
      'invalidArrived',
      'artimExpired',
      'transportClosed',
      'abortRequested',
      'rejectResponded',
      'dataRequested',
    ] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), fc.boolean(), (happening, acceptable) => {
        let state: Parameters<typeof step>[0] = 'Sta1';
        for (const event of happening) {
          state = step(state, event, { role: 'acceptor', acceptable })?.next ?? state;
        }
        expect(state).toMatch(/^Sta\d{1,2}$/);
      }),
      runs(1000),
    );
  });
});
