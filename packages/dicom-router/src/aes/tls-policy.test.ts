import { describe, expect, it } from 'vitest';
import { TlsKeeper } from '../destinations/tls-keeper.ts';
import type { TlsSetting } from '../routing/tls-setting.ts';
import type { Origin } from '../ul/negotiation.ts';
import type { PeerCertificate } from '../ul/tls/certificate.ts';
import { type TlsClients, tlsRejection } from './tls-policy.ts';

const PRINT = 'AB'.repeat(32);
const OTHER = 'CD'.repeat(32);

const certificate = (changes: Partial<PeerCertificate> = {}): PeerCertificate => ({
  subject: 'CN=ct01',
  fingerprint: PRINT,
  verified: true,
  valid: true,
  early: false,
  isFor: (name) => name === 'ct01.hospital',
  ...changes,
});

const CLEAR: Origin = { address: '10.0.0.1', secure: false };
const BARE: Origin = { address: '10.0.0.1', secure: true };
const shown = (changes: Partial<PeerCertificate> = {}): Origin => ({ ...BARE, certificate: certificate(changes) });
const UNVERIFIED = { verified: false, problem: 'nobody vouches for it' };

describe('an application entity and TLS', () => {
  it.each<[string, TlsSetting | undefined, Origin, TlsClients, string | undefined]>([
    ['nothing is set and it calls in the clear', undefined, CLEAR, 'required', undefined],
    ['false is set and it calls in the clear', false, CLEAR, 'required', undefined],
    ['nothing is set and certificates are only asked for', undefined, BARE, 'asked', undefined],
    ['a certificate that nobody vouches for is only asked for', undefined, shown(UNVERIFIED), 'asked', undefined],
    ['TLS is set', true, BARE, 'asked', undefined],
    ['an authority vouches for what is required', undefined, shown(), 'required', undefined],
    ['the certificate entered needs no authority', { fingerprint: PRINT }, shown(UNVERIFIED), 'required', undefined],
    ['the name is right', { name: 'ct01.hospital' }, shown(), 'asked', undefined],
    ['TLS is set and it calls in the clear', true, CLEAR, 'asked', 'called in the clear'],
    ['it is bound to a certificate and calls in the clear', { fingerprint: PRINT }, CLEAR, 'asked', 'called in the clear'],
    ['nothing is set but certificates are required', undefined, BARE, 'required', 'shows no certificate'],
    ['nobody vouches for what is required', true, shown(UNVERIFIED), 'required', 'nobody vouches for it'],
    ['it shows nothing', { fingerprint: PRINT }, BARE, 'asked', 'shows no certificate'],
    [
      'it shows another, vouched for as it is',
      { fingerprint: OTHER },
      shown(),
      'required',
      `is bound to the certificate ${OTHER}`,
    ],
    ['the certificate entered is over', { fingerprint: PRINT }, shown({ ...UNVERIFIED, valid: false }), 'asked', 'is over'],
    ['it is issued to another', { name: 'mr01.hospital' }, shown(), 'asked', 'must show a certificate for mr01.hospital'],
    ['the name is right but nobody vouches for it', { name: 'ct01.hospital' }, shown(UNVERIFIED), 'asked', 'nobody vouches'],
  ])('%s', (_, setting, origin, clients, words) => {
    const rejection = tlsRejection('CT01', setting, origin, clients);
    expect(rejection?.reason).toBe(words === undefined ? undefined : 'calling AE title not recognized');
    expect(rejection?.detail ?? '').toContain(words ?? '');
  });

  it('is called with what is set for it, and with what is shown at the moment', () => {
    const keeper = new TlsKeeper({ authorities: 'old' });
    expect([keeper.client(undefined), keeper.client(false), keeper.service]).toEqual([undefined, undefined, undefined]);
    expect(keeper.client({ name: 'pacs' })).toEqual({ authorities: 'old', name: 'pacs' });
    const identity = { cert: 'a', key: 'b' };
    keeper.renew({ identity });
    expect(keeper.client(true)).toEqual({ identity });
    expect(keeper.service).toEqual({ identity });
  });
});
