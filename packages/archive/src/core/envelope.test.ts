import { describe, expect, it } from 'vitest';
import { type Envelope, parseEnvelope, writeEnvelope } from './envelope.ts';
import { keysOf, newObjectKeys, objectOfEnvelope } from './object-key.ts';

const ENVELOPE: Envelope = {
  format: 1,
  studyInstanceUid: '1.2',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  sha256: 'ab'.repeat(32),
  size: 1234,
  dataSetOffset: 300,
  receivedAt: '2026-03-01T08:00:00.000Z',
  source: { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility: 'main', verified: true },
};

describe('an envelope', () => {
  it('is read as it was written', () => {
    expect(parseEnvelope(writeEnvelope(ENVELOPE), 'x.json')).toEqual(ENVELOPE);
  });

  it.each([
    ['cut off', '{"format":1,"stu'],
    ['of a later version', JSON.stringify({ ...ENVELOPE, format: 2 })],
    ['without a hash', JSON.stringify({ ...ENVELOPE, sha256: undefined })],
    ['without a facility', JSON.stringify({ ...ENVELOPE, source: { address: '::1' } })],
    ['that is something else', 'null'],
  ])('is refused when it is %s, by name', (_what, text) => {
    expect(() => parseEnvelope(new TextEncoder().encode(text), 'x.json')).toThrow('envelope x.json cannot be used');
  });
});

describe('object keys', () => {
  it('hold nothing a sender chose, and lie together by series', () => {
    const one = newObjectKeys({ ...ENVELOPE, sopInstanceUid: '../../etc/passwd' }, '0011aabb');
    const two = newObjectKeys(ENVELOPE, '0011aabb');
    expect(one.object).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{32}\/[0-9a-f]{32}\.0011aabb\.dcm$/);
    expect(one.object.split('/').slice(0, 2)).toEqual(two.object.split('/').slice(0, 2));
    expect(one.object).not.toBe(two.object);
  });

  it('lead from an envelope to its object and back', () => {
    const keys = newObjectKeys(ENVELOPE, '0011aabb');
    expect(objectOfEnvelope(keys.envelope)).toBe(keys.object);
    expect(keysOf(keys.object)).toEqual(keys);
  });
});
