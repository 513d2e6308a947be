import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouterError } from '../errors.ts';
import { type CommandSet, decodeCommand, encodeCommand } from './command-set.ts';

const us = fc.nat(65_535);
const uid = fc.stringMatching(/^[0-9]{1,8}(\.[0-9]{1,8}){0,5}$/);
const ae = fc.stringMatching(/^[A-Z0-9_]{1,16}$/);
const command: fc.Arbitrary<CommandSet> = fc.record(
  {
    AffectedSOPClassUID: uid,
    RequestedSOPClassUID: uid,
    CommandField: us,
    MessageID: us,
    MessageIDBeingRespondedTo: us,
    MoveDestination: ae,
    Priority: us,
    CommandDataSetType: us,
    Status: us,
    ErrorComment: fc.stringMatching(/^[a-z][a-z ]{0,61}[a-z]$/),
    ErrorID: us,
    AffectedSOPInstanceUID: uid,
    RequestedSOPInstanceUID: uid,
    EventTypeID: us,
    ActionTypeID: us,
    NumberOfRemainingSuboperations: us,
    NumberOfCompletedSuboperations: us,
    NumberOfFailedSuboperations: us,
    NumberOfWarningSuboperations: us,
    MoveOriginatorApplicationEntityTitle: ae,
    MoveOriginatorMessageID: us,
  },
  { requiredKeys: ['CommandField', 'CommandDataSetType'] },
);

describe('command sets', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(command, (set) => {
        const bytes = encodeCommand(set);
        expect(bytes.readUInt32LE(8)).toBe(bytes.byteLength - 12);
        expect(decodeCommand(bytes)).toEqual(set);
      }),
    );
  });

  it('of any bytes are a command or an error of ours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeCommand(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RouterError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are refused by name when they say too little or too much', () => {
    expect(() => decodeCommand(new Uint8Array(0))).toThrow('CommandField is missing');
    expect(() => decodeCommand(Buffer.from('00000001ff000000', 'hex'))).toThrow('(0000,0100): length 255 at byte 0');
    expect(() => decodeCommand(Buffer.from('0800000102000000', 'hex'))).toThrow('(0008,0100)');
    expect(() => decodeCommand(Buffer.from('000000010100000001', 'hex'))).toThrow('CommandField: 1 bytes, expected 2');
  });
});
