import { describe, expect, it } from 'vitest';
import { type Envelope, parseEnvelope } from './envelope.ts';

const ENVELOPE: Envelope = {
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
    expect(parseEnvelope(JSON.parse(JSON.stringify(ENVELOPE)))).toEqual(ENVELOPE);
  });

  it.each([
    ['without a hash', { ...ENVELOPE, sha256: undefined }],
    ['without a facility', { ...ENVELOPE, source: { address: '::1' } }],
    ['with a size that is none', { ...ENVELOPE, size: 0.5 }],
    ['that is something else', null],
  ])('is refused when it is %s', (_what, value) => {
    expect(() => parseEnvelope(value)).toThrow('the envelope cannot be used');
  });
});
