import { describe, expect, it } from 'vitest';
import { storeAnswer } from './answer.ts';
import type { PartOutcome } from './receive.ts';

const ROOT = 'http://host/dicom-web';
const kept = (
  sopInstanceUid: string,
  status: 'stored' | 'identical' | 'conflict' = 'stored',
  studyInstanceUid = '1.2',
): PartOutcome => ({
  status,
  studyInstanceUid,
  seriesInstanceUid: '1.2.1',
  sopInstanceUid,
  sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  warnings: [],
});
const refused = (reason: 'broken' | 'full' | 'away' | 'forbidden', named = true): PartOutcome => ({
  status: 'refused',
  reason,
  message: '',
  ...(named ? { sopInstanceUid: '9', sopClassUid: '8' } : {}),
});
const tooLarge: PartOutcome = { status: 'refused', reason: 'too-large', message: '' };

describe('the answer to a store request', () => {
  it.each([
    ['all was stored', [kept('1'), kept('2')], 200],
    ['all was there already', [kept('1', 'identical')], 200],
    ['something was kept aside', [kept('1'), kept('2', 'conflict')], 202],
    ['something was refused', [kept('1'), refused('broken')], 202],
    ['storage became full on the way', [kept('1'), refused('full')], 202],
    ['nothing was stored', [refused('broken'), refused('forbidden')], 409],
    ['storage is full', [refused('full')], 503],
    ['storage is away', [refused('broken'), refused('away')], 503],
    ['the instance is too large', [tooLarge], 413],
    ['one is too large and one broken', [tooLarge, refused('broken')], 409],
  ] as const)('when %s has the right status', (_, outcomes, status) => {
    expect(storeAnswer(outcomes, ROOT).status).toBe(status);
  });

  it('names each instance with what became of it', () => {
    const { dataSet } = storeAnswer(
      [kept('1'), kept('2', 'conflict'), refused('broken'), refused('full'), refused('broken', false), tooLarge],
      ROOT,
    );
    const reference = (uid: string) => ({
      '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
      '00081155': { vr: 'UI', Value: [uid] },
      '00081190': { vr: 'UR', Value: [`${ROOT}/studies/1.2/series/1.2.1/instances/${uid}`] },
    });
    const failed = (reason: number) => ({
      '00081150': { vr: 'UI', Value: ['8'] },
      '00081155': { vr: 'UI', Value: ['9'] },
      '00081197': { vr: 'US', Value: [reason] },
    });
    expect(dataSet).toEqual({
      '00081190': { vr: 'UR', Value: [`${ROOT}/studies/1.2`] },
      '00081198': { vr: 'SQ', Value: [failed(0xa900), failed(0xa700)] },
      '00081199': { vr: 'SQ', Value: [reference('1'), { ...reference('2'), '00081196': { vr: 'US', Value: [0xb000] } }] },
      '0008119A': {
        vr: 'SQ',
        Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }, { '00081197': { vr: 'US', Value: [0xa702] } }],
      },
    });
  });

  it('names no study when there are several', () => {
    expect(storeAnswer([kept('1'), kept('2', 'stored', '1.3')], ROOT).dataSet['00081190']).toBeUndefined();
  });
});
