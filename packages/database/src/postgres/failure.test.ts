import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const said = (code: string, message = 'on purpose') => Object.assign(new Error(message), { code });

describe('what PostgreSQL says', () => {
  it.each([
    ['23505', { code: 'constraint', lost: false, again: false }],
    ['53100', { code: 'full', lost: false, again: false }],
    ['53300', { code: 'busy', lost: true, again: false }],
    ['40001', { code: 'busy', lost: false, again: true }],
    ['40P01', { code: 'busy', lost: false, again: true }],
    ['55P03', { code: 'busy', lost: false, again: false }],
    ['57014', { code: 'busy', lost: false, again: false }],
    ['57P01', { code: 'away', lost: true, again: false }],
    ['57P03', { code: 'away', lost: true, again: false }],
    ['08006', { code: 'away', lost: true, again: false }],
    ['25006', { code: 'away', lost: true, again: false }],
    ['58030', { code: 'io', lost: false, again: false }],
    ['XX001', { code: 'corrupt', lost: false, again: false }],
    ['42P01', { code: 'failed', lost: false, again: false }],
    ['ECONNREFUSED', { code: 'away', lost: true, again: false }],
    ['ECONNRESET', { code: 'away', lost: true, again: false }],
  ])('%s', (code, failure) => {
    expect(failureOf(said(code))).toMatchObject(failure);
  });

  it('and what the driver says without a code', () => {
    for (const message of ['Connection terminated unexpectedly', 'timeout expired', 'cached plan must not change result type']) {
      expect(failureOf(new Error(message))).toMatchObject({ code: 'away', lost: true });
    }
    expect(failureOf(new TypeError('a value of type object cannot be bound'))).toMatchObject({ code: 'failed', lost: false });
  });

  it('of several addresses, all of them', () => {
    const both = new AggregateError([said('ECONNREFUSED', '::1 refused'), said('ECONNREFUSED', '127.0.0.1 refused')]);
    expect(failureOf(Object.assign(both, { code: 'ECONNREFUSED' })).message).toBe('::1 refused; 127.0.0.1 refused');
  });
});
