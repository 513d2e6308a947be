import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-rules.ts';

describe('password rules', () => {
  it.each([
    ['a phrase of Vietnamese words', 'con trâu đi trước cái cày theo sau'],
    ['twelve mixed characters', 'kV7#pq2!Lm0z'],
    ['a phrase in NFD, counted as it looks', 'sông Tiền mùa nước nổi'.normalize('NFD')],
  ])('take %s', (_, password) => {
    expect(passwordFault(password, 'an.nguyen', 12)).toBeUndefined();
  });

  it.each([
    ['too short', 'kV7#pq2!Lm0', 'at least 12 characters'],
    ['short though its marks count when decomposed', 'ấấấấấấ'.normalize('NFD'), 'at least 12 characters'],
    ['of one character', 'aaaaaaaaaaaaaaaa', 'different characters'],
    ['longer than argon2 should be fed', 'nước '.repeat(300), 'longer than 1024 bytes'],
    ['the user name and little else', 'an.nguyen2026', 'too close to the user name'],
    ['among the first that are tried', 'Password12345!', 'tried first'],
    ['a common Vietnamese one', 'matkhau123456', 'tried first'],
    ['a row of keys', 'qwertyuiopas', 'tried first'],
    ['a row of digits', '1234567890123', 'tried first'],
  ])('refuse one that is %s', (_, password, why) => {
    expect(passwordFault(password, 'an.nguyen', 12)).toContain(why);
  });

  it('ask for the length the installation sets', () => {
    expect(passwordFault('kV7#pq2!Lm0z', 'an', 14)).toContain('at least 14');
  });
});
