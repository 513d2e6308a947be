import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Destination, WebDestination } from '../api/destinations.ts';
import { chooseLanguage } from '../i18n/index.ts';
import { destinationFaults, destinationForm, destinationOf } from './destination-form.ts';
import { bytesOfMegabits, megabits } from './line-rate.ts';

const COMMON = { enabled: true, when: undefined, site: undefined, basis: undefined, line: undefined, fixed: false, rules: [] };
const TINH: WebDestination = {
  ...COMMON,
  id: 'tinh',
  kind: 'filmless',
  url: 'https://pacs.bvtinh.vn',
  tls: undefined,
  relay: false,
  hasToken: true,
  hasClientCertificate: false,
  site: 'BVĐK tỉnh',
  basis: { basis: 'referral', evidence: 'quy chế' },
  line: { bytesPerSecond: 230_000, hours: [{ from: '18:00', to: '06:00', bytesPerSecond: 1_000_000 }] },
};

/** As JSON carries it: what is undefined is not there. */
const sent = (destination: Destination, change: object = {}) =>
  JSON.parse(JSON.stringify(destinationOf({ ...destinationForm(destination), ...change })));

describe('the form of a destination', () => {
  it('sends back what it was given, and of a secret nothing', () => {
    expect(sent(TINH)).toEqual({
      ...{ enabled: true, kind: 'filmless', url: 'https://pacs.bvtinh.vn', site: 'BVĐK tỉnh' },
      basis: { basis: 'referral', evidence: 'quy chế' },
      line: { bytesPerSecond: 230_000, hours: [{ from: '18:00', to: '06:00', bytesPerSecond: 1_000_000 }] },
    });
    const node: Destination = {
      ...COMMON,
      ...{ id: 'ws', kind: 'dicom', aeTitle: 'WS1', host: '10.0.0.9', port: 104, callingAe: undefined },
      ...{ tls: { fingerprint: 'AB'.repeat(32) }, commitment: true, when: { callingAes: ['CT01'], modalities: ['CT', 'MR'] } },
    };
    expect(sent(node)).toEqual({
      ...{ enabled: true, kind: 'dicom', aeTitle: 'WS1', host: '10.0.0.9', port: 104, commitment: true },
      ...{ tls: { fingerprint: 'AB'.repeat(32) }, when: { callingAes: ['CT01'], modalities: ['CT', 'MR'] } },
    });
  });

  it('sends a secret that was typed, and removes one that is no longer wanted', () => {
    expect(sent(TINH, { token: ' khoa-moi ' })).toMatchObject({ token: 'khoa-moi' });
    expect(sent(TINH, { withoutToken: true })).toMatchObject({ token: null });
    expect(sent(TINH)).not.toHaveProperty('token');
  });

  it('tells everything from what the rules send, and from some', () => {
    expect(sent(TINH)).not.toHaveProperty('when');
    expect(sent(TINH, { when: 'all', modalities: 'CT' })).toMatchObject({ when: { callingAes: [], modalities: [] } });
    expect(sent(TINH, { when: 'some', modalities: 'ct; mr' })).toMatchObject({ when: { modalities: ['CT', 'MR'] } });
    expect(destinationForm({ ...TINH, when: { callingAes: [], modalities: [] } }).when).toBe('all');
  });

  it.each([
    [{ id: 'Tỉnh' }, 'id'],
    [{ url: 'pacs.bvtinh.vn' }, 'url'],
    [{ url: 'https://user@pacs.vn' }, 'url'],
    [{ token: 'có dấu cách' }, 'token'],
    [{ certificate: 'x', key: 'y' }, 'certificate'],
    [{ tls: 'fingerprint', fingerprint: 'AB' }, 'fingerprint'],
    [{ when: 'some' }, 'callingAes'],
    [{ site: '' }, 'site'],
    [{ rate: 'nhanh' }, 'rate'],
    [{ rate: '0' }, 'rate'],
    [{ hours: [{ from: '25:00', to: '06:00', rate: '2' }] }, 'hours'],
    [{ kind: 'folder', path: 'anh' }, 'path'],
    [{ kind: 'dicom', aeTitle: 'WS1', host: 'may', port: '0' }, 'port'],
  ] as const)('with %o finds a fault in %s', (change, field) => {
    expect(destinationFaults({ ...destinationForm(TINH), ...change })).toHaveProperty(field);
  });

  it('finds none in what was sent to it', () => {
    expect(destinationFaults(destinationForm(TINH))).toEqual({});
  });
});

describe('a rate', () => {
  beforeEach(() => chooseLanguage('vi'));
  afterEach(() => chooseLanguage('vi'));

  it('is written in megabits, in the decimals of the language, and comes back as the same bytes', () => {
    expect(megabits(230_000)).toBe('1,84');
    expect(bytesOfMegabits('1,84')).toBe(230_000);
    expect(bytesOfMegabits('1.84')).toBe(230_000);
    for (const bytes of [1000, 1001, 123_457, 1_000_003]) {
      expect(bytesOfMegabits(megabits(bytes))).toBe(bytes);
    }
  });
});
