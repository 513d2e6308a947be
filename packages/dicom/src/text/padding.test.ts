import { describe, expect, it } from 'vitest';
import { readDataSet } from '../dataset/read.ts';
import { writeDataSet } from '../dataset/write.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN, transferSyntax } from '../transfer-syntax.ts';
import { trimUid } from '../uid.ts';
import { withoutPadding, withoutTrailingPadding } from './padding.ts';
import { formatPersonName, parsePersonName } from './person-name.ts';

const LONG = 1_000_000;

/** An expression that goes back over what it has read takes minutes for these; once over them takes milliseconds. */
function milliseconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

describe('padding', () => {
  it.each([
    ['', '', ''],
    ['  \0 ', '', ''],
    [' a b\0 ', 'a b', ' a b'],
    ['\0a', 'a', '\0a'],
    ['a', 'a', 'a'],
  ])('%j is %j without it', (text, both, trailing) => {
    expect(withoutPadding(text)).toBe(both);
    expect(withoutTrailingPadding(text)).toBe(trailing);
  });

  it.each([
    ['a run of spaces in a text', 'UT', `${' '.repeat(LONG)}x`],
    ['a run of spaces in a name', 'PN', `${' '.repeat(LONG)}x`],
    ['a run of digits that is no number', 'DS', `${'1'.repeat(LONG)}x`],
    ['a run of digits', 'IS', '1'.repeat(LONG)],
  ] as const)('%s takes no longer than its length', (_, vr, text) => {
    const tag = { UT: '0040A160', PN: '00100010', DS: '00180050', IS: '00200013' }[vr];
    const bytes = writeDataSet({ [tag]: { vr: 'UT', Value: [text] } }, { explicitVr: false });
    const syntax = transferSyntax(IMPLICIT_VR_LITTLE_ENDIAN);
    expect(milliseconds(() => readDataSet(bytes, { transferSyntax: syntax }))).toBeLessThan(1000);
  });

  it('takes no longer than the length of a UID or a name', () => {
    expect(milliseconds(() => trimUid(`1${' '.repeat(LONG)}x`))).toBeLessThan(1000);
    expect(milliseconds(() => parsePersonName(`${'\0'.repeat(LONG)}x`))).toBeLessThan(1000);
    expect(milliseconds(() => formatPersonName({ Alphabetic: `${'='.repeat(LONG)}x` }))).toBeLessThan(1000);
  });
});
