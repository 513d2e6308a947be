import { describe, expect, it } from 'vitest';
import { describeStatus, errorComment, isKept, isTransient, statusClass } from './status.ts';

describe('statuses', () => {
  it.each([
    [0x0000, 'success', false],
    [0x0107, 'warning', false],
    [0xb000, 'warning', false],
    [0xb007, 'warning', false],
    [0xa700, 'failure', true],
    [0xa7ff, 'failure', true],
    [0xa900, 'failure', false],
    [0xc001, 'failure', false],
    [0x0110, 'failure', true],
    [0x0122, 'failure', false],
  ] as const)('%i is a %s', (status, kind, transient) => {
    expect(statusClass(status)).toBe(kind);
    expect(isTransient(status)).toBe(transient);
  });

  it.each([
    [0x0000, true],
    [0xb007, true],
    [0x0111, true],
    [0x0110, false],
    [0xa700, false],
  ])('with %i the receiver has the object: %s', (status, kept) => {
    expect(isKept(status)).toBe(kept);
  });

  it('are told to people with their code', () => {
    expect(describeStatus(0xa700)).toBe('A700H (out of resources)');
    expect(describeStatus(0x0122)).toBe('0122H (SOP class not supported)');
    expect(describeStatus(0xb007)).toBe('B007H (data set does not match SOP class)');
    expect(describeStatus(0x1234)).toBe('1234H');
  });

  it('carry a comment that one LO of the default repertoire can hold', () => {
    expect(errorComment('Đĩa đầy: không còn chỗ')).toBe('Dia day: khong con cho');
    expect(errorComment('a\\b\n日')).toBe('a?b??');
    expect(errorComment('x'.repeat(100))).toHaveLength(64);
  });
});
