import { describe, expect, it } from 'vitest';
import type { AeConfig } from '../aes/ae-config.ts';
import { type Fix, fixesFor, type Known } from './fixes.ts';
import type { Trouble } from './trouble.ts';

const CT01: AeConfig = { title: 'CT01', host: '10.0.0.11', port: 104, may: ['echo'], facility: 'main' };
const known: Known = {
  ae: (title) => [CT01].find((ae) => ae.title === title),
  destination: (id) => (id === 'ws' ? { tls: true } : undefined),
  calledFrom: (title) => (title === 'CT01' ? '10.0.0.12' : undefined),
  unlisted: { may: ['echo', 'store'], facility: 'main' },
};

const trouble = (changes: Partial<Trouble>): Trouble => ({
  id: 1,
  direction: 'in',
  scope: 'association',
  cause: 'calling-ae-unknown',
  title: 'NEW01',
  calling: 'NEW01',
  called: 'FILMLESS',
  address: '10.0.0.20',
  port: null,
  secure: false,
  purpose: '',
  destination: null,
  facts: {},
  detail: '',
  association: 'a1',
  firstAt: 0,
  lastAt: 0,
  times: 1,
  settledAt: null,
  ...changes,
});

const only = (changes: Partial<Trouble>): Fix | undefined => fixesFor(trouble(changes), known)[0];

describe('what one press mends', () => {
  it('adds an unknown machine with what it asked for, what anybody may, and where it calls from', () => {
    expect(only({ facts: { asks: ['query'] } })).toMatchObject({
      kind: 'add',
      id: 'NEW01',
      needs: [],
      ae: { title: 'NEW01', host: '10.0.0.20', may: ['echo', 'store', 'query'], facility: 'main' },
    });
  });

  it.each(['', '   ', 'BACK\\SLASH', 'SEVENTEEN-LETTERS', 'BELL\x07'])('adds nobody whose title %j cannot be listed', (title) => {
    expect(fixesFor(trouble({ title }), known)).toEqual([]);
  });

  it('allows a listed machine what it asked for, and keeps what it may', () => {
    const fix = only({ cause: 'service-not-allowed', title: 'CT01', facts: { asks: ['store'] } });
    expect(fix).toMatchObject({ kind: 'allow', changes: [{ field: 'may', from: 'echo', to: 'echo, store' }] });
    expect(only({ cause: 'not-authorized', title: 'CT01', facts: { service: 'C-MOVE' } })?.ae?.may).toEqual(['echo', 'retrieve']);
  });

  it('proposes nothing that would change nothing, and nothing for what is over', () => {
    expect(only({ cause: 'service-not-allowed', title: 'CT01', facts: { asks: ['echo'] } })).toBeUndefined();
    expect(only({ settledAt: 5 })).toBeUndefined();
    expect(only({ cause: 'called-ae-wrong' })).toBeUndefined();
  });

  it('enters the certificate that was shown', () => {
    const facts = { fingerprint: 'AB'.repeat(32) };
    expect(only({ cause: 'tls-untrusted', title: 'CT01', facts })?.ae?.tls).toEqual(facts);
    expect(only({ cause: 'tls-untrusted', title: 'CT01' })).toBeUndefined();
  });

  it('asks for what nobody knows of a destination of C-MOVE, and takes the asker for itself', () => {
    const cause = 'move-destination-unknown';
    expect(only({ cause, title: 'CT01', facts: { destination: 'WS9' } })).toMatchObject({ kind: 'add', needs: ['host', 'port'] });
    expect(only({ cause, title: 'WS9', facts: { destination: 'WS9' } })).toMatchObject({
      needs: ['port'],
      ae: { title: 'WS9', host: '10.0.0.20' },
    });
  });

  it('changes how a destination or a machine is called', () => {
    const out = { direction: 'out', title: 'CT01', address: '10.0.0.11', port: 104 } as const;
    expect(only({ ...out, cause: 'peer-speaks-clear', destination: 'ws' })).toMatchObject({
      target: 'destination',
      id: 'ws',
      tls: false,
    });
    expect(only({ ...out, cause: 'peer-wants-tls' })).toMatchObject({ target: 'ae', id: 'CT01', ae: { tls: true } });
    expect(only({ ...out, cause: 'host-unreachable' })).toMatchObject({ kind: 'address', ae: { host: '10.0.0.12' } });
  });
});
