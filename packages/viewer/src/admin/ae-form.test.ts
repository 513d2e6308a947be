import { describe, expect, it } from 'vitest';
import type { Ae } from '../api/aes.ts';
import { aeFaults, aeForm, aeOf } from './ae-form.ts';

const PLAIN: Ae = {
  title: 'CT01',
  host: '10.0.0.11',
  port: 104,
  may: ['store', 'query'],
  facility: 'main',
  tls: undefined,
  charsetIn: undefined,
  asciiNames: undefined,
  onConflict: undefined,
  worklist: undefined,
  quiet: undefined,
  urgent: undefined,
};

const FINGERPRINT = 'AB'.repeat(32);

describe('the form of a machine', () => {
  it.each<[string, Partial<Ae>]>([
    ['nothing more', {}],
    ['TLS', { tls: true }],
    ['TLS with a name', { tls: { name: 'ct01.local' } }],
    ['one certificate', { tls: { fingerprint: FINGERPRINT, name: undefined } }],
    ['a code page, plain names and a rule', { charsetIn: 'windows-1258', asciiNames: true, onConflict: 'keepLast' }],
    ['a limited worklist', { worklist: { modalities: ['CT', 'MR'], rooms: ['P 101'], days: 0 } }],
  ])('gives back %s as it was', (_, part) => {
    const ae = { ...PLAIN, ...part };
    expect(JSON.parse(JSON.stringify(aeOf(aeForm(ae, 'main'))))).toEqual(JSON.parse(JSON.stringify(ae)));
    expect(aeFaults(aeForm(ae, 'main'))).toEqual({});
  });

  it('takes lists and fingerprints as people type them', () => {
    const form = { ...aeForm(PLAIN, 'main'), modalities: 'ct, mr;dx ct', rooms: 'P 101,  P102', days: '1' };
    expect(aeOf(form).worklist).toEqual({ modalities: ['CT', 'MR', 'DX'], rooms: ['P 101', 'P102'], days: 1 });
    const pinned = { ...form, tls: 'fingerprint' as const, fingerprint: `${'ab:'.repeat(31)}ab` };
    expect(aeOf(pinned).tls).toEqual({ fingerprint: FINGERPRINT, name: undefined });
  });

  it('says of each field what is wrong with it', () => {
    const form = {
      ...aeForm(PLAIN, 'main'),
      title: '',
      port: '70000',
      tls: 'fingerprint' as const,
      fingerprint: 'AB',
      modalities: 'siêu-âm',
      rooms: 'x'.repeat(17),
      days: '-1',
    };
    expect(Object.keys(aeFaults(form)).sort()).toEqual(['days', 'fingerprint', 'modalities', 'port', 'rooms', 'title']);
  });
});
