import { type DataSet, TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { routerLimits } from '../limits.ts';
import { decide, decideComplete, prepareRules } from './decide.ts';
import type { Destination } from './destination.ts';
import type { ArrivalSource, Facts } from './facts.ts';
import { parseRules } from './parse-rules.ts';

const NOON = Date.UTC(2026, 0, 31, 5);
/** Where it is seven hours later than in Greenwich. */
const hanoi = (at: number) => (Math.floor(at / 60_000) + 7 * 60) % 1440;
const folder = (id: string, more: Partial<Destination> = {}) =>
  ({ kind: 'folder', id, path: '/x', names: 'hashed', enabled: true, ...more }) as Destination;
const node = (id: string, more: Partial<Destination> = {}) =>
  ({ kind: 'dicom', id, aeTitle: id.toUpperCase(), host: 'h', port: 1, enabled: true, ...more }) as Destination;

const header: DataSet = {
  [TAG.Modality]: { vr: 'CS', Value: ['CT'] },
  '00321033': { vr: 'LO', Value: ['Khoa Ngoại Tổng hợp'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị Dương' }] },
  '00080020': { vr: 'DA', Value: ['20260131'] },
  '00200011': { vr: 'IS', Value: [3] },
  '00400275': { vr: 'SQ', Value: [{ '00401001': { vr: 'SH', Value: ['RP1'] } }, { '00401001': { vr: 'SH', Value: ['RP2'] } }] },
  '00091001': { vr: 'LO', Value: ['maker'] },
};

const source: ArrivalSource = { kind: 'dimse', callingAe: 'CT01', address: '::ffff:10.0.0.11', facility: 'main' };
const destinations = (list: readonly Destination[]) => new Map(list.map((destination) => [destination.id, destination]));
const A = destinations([folder('a')]);

const prepared = (text: string) => {
  const { rules, problems } = parseRules(text, routerLimits());
  expect(problems).toBeUndefined();
  return prepareRules(rules ?? [], hanoi);
};
const facts = (more: Partial<Facts> = {}): Facts => ({ source, header, complete: false, at: NOON, now: NOON, ...more });
const one = (when: string) => prepared(`[{ name: r, when: ${when}, then: [{ send: a }] }]`);
const fits = (when: string, more: Partial<Facts> = {}) => decide(one(when), A, facts(more)).decisions.length === 1;

describe('the conditions of a rule', () => {
  it.each([
    ['{ callingAe: CT01 }', true],
    ['{ callingAe: [MR01, "CT*"] }', true],
    ['{ callingAe: "?T01" }', true],
    ['{ callingAe: ct01 }', false],
    ['{ address: 10.0.0.0/24 }', true],
    ['{ address: [192.168.1.1, 10.0.0.11] }', true],
    ['{ address: "fd00::/8" }', false],
    ['{ address: 10.0.1.0/24 }', false],
    ['{ facility: [north, main] }', true],
    ['{ facility: north }', false],
    ['{ hours: "11:00-13:00" }', true],
    ['{ hours: "13:00-11:00" }', false],
    ['{ hours: ["00:00-01:00", "12:00-12:01"] }', true],
    ['{ tags: { Modality: [MR, CT] } }', true],
    ['{ tags: { Modality: ct } }', true],
    ['{ tags: { RequestingService: "khoa ngoai*" } }', true],
    ['{ tags: { RequestingService: "KHOA NGOẠI" } }', false],
    ['{ tags: { PatientName: "do*duong" } }', true],
    ['{ tags: { PatientName: "Đỗ^Thị Dương" } }', true],
    ['{ tags: { StudyDate: "20260101-20260131" } }', true],
    ['{ tags: { StudyDate: "20260201-" } }', false],
    ['{ tags: { SeriesNumber: 03 } }', true],
    ['{ tags: { RequestAttributesSequence.RequestedProcedureID: RP2 } }', true],
    ['{ tags: { RequestAttributesSequence.RequestedProcedureID: RP3 } }', false],
    ['{ tags: { "(0009,1001)": MAKER } }', true],
    ['{ tags: { "00080060": CT } }', true],
    ['{ tags: { AccessionNumber: \'""\' } }', true],
    ['{ tags: { AccessionNumber: "?*" } }', false],
    ['{ tags: { AccessionNumber: "*" } }', true],
    ['{ tags: { Modality: \'""\' } }', false],
    ['{ tags: { Modality: "?*" } }', true],
    ['{ tags: { Modality: CT, RequestingService: other } }', false],
    ['{ callingAe: CT01, tags: { Modality: MR } }', false],
  ])('%s: %s', (when, expected) => {
    expect(fits(when)).toBe(expected);
  });

  it('on a calling entity fit nothing that names none', () => {
    expect(fits('{ callingAe: "*" }', { source: { kind: 'stow', address: '10.0.0.1', facility: 'main' } })).toBe(false);
  });
});

describe('what is decided', () => {
  it('is open only where a rule may fit whose attributes are not known', () => {
    const known = new Set([TAG.Modality]);
    const open = (when: string) => decide(one(when), A, facts({ known })).open;
    expect(open('{ tags: { Modality: CT } }')).toBe(false);
    expect(open('{ tags: { RequestingService: x } }')).toBe(true);
    expect(open('{ callingAe: MR01, tags: { RequestingService: x } }')).toBe(false);
    expect(open('{ complete: true, tags: { RequestingService: x } }')).toBe(true);
    const stopped = prepared(
      '[{ name: s, then: { stop: true } }, { name: r, when: { tags: { RequestingService: x } }, then: { send: a } }]',
    );
    expect(decide(stopped, A, facts({ known })).open).toBe(false);
  });

  it('says of each destination how the first rule in order sends there', () => {
    const rules = prepared(`
      - { name: off, enabled: false, then: [{ send: { to: a, class: backfill } }] }
      - { name: one, then: [{ send: { to: a, class: emergency, syntax: rle } }, { set: { StationName: X } }, { remove: PatientAddress }] }
      - { name: two, then: [{ send: [a, b] }, { deidentify: p }, { stop: true }] }
      - { name: three, then: [{ send: c }] }`);
    expect(decide(rules, destinations([folder('a'), folder('b'), folder('c')]), facts()).decisions).toEqual([
      {
        destination: 'a',
        rule: 'one',
        priority: 'emergency',
        changes: { set: [{ tag: '00081010', value: 'X' }], remove: ['00101040'], transferSyntaxUid: '1.2.840.10008.1.2.5' },
      },
      { destination: 'b', rule: 'two', priority: 'routine', changes: { deidentify: 'p' } },
    ]);
  });

  it('goes nowhere that is gone, and not back to its source', () => {
    const rules = prepared('[{ name: r, then: [{ send: [gone, ct01, a] }] }]');
    const all = destinations([node('ct01'), folder('a', { site: 'BV tỉnh' })]);
    expect(decide(rules, all, facts()).decisions.map(({ destination }) => destination)).toEqual(['a']);
    const stow = facts({ source: { kind: 'stow', address: '10.0.0.1', facility: 'main', user: 'BV tỉnh' } });
    expect(decide(rules, all, stow).decisions.map(({ destination }) => destination)).toEqual(['ct01']);
  });

  it('has the legal basis of the rule, else of the destination, where that is another facility', () => {
    const rules = prepared(
      '[{ name: r, then: [{ send: [{ to: a, basis: hoi chan, evidence: HĐ 1 }, { to: b, basis: cấp cứu }, c] }] }]',
    );
    const all = destinations([
      folder('a', { site: 'A', basis: { basis: 'referral' } }),
      folder('b'),
      folder('c', { site: 'C', basis: { basis: 'referral' } }),
    ]);
    expect(decide(rules, all, facts()).decisions.map(({ legal }) => legal)).toEqual([
      { basis: 'consultation', evidence: 'HĐ 1' },
      undefined,
      { basis: 'referral' },
    ]);
  });

  it('is held until the hours to send in begin', () => {
    const notBefore = (hold: string, now: number) =>
      decide(prepared(`[{ name: r, then: [{ send: { to: a, hold: ${hold} } }] }]`), A, facts({ now })).decisions[0]?.notBefore;
    const at = (hour: number, minute = 0) => Date.UTC(2026, 0, 31, hour - 7, minute);
    expect(notBefore('"18:00-06:00"', at(12))).toBe(at(18));
    expect(notBefore('"18:00-06:00"', at(23))).toBeUndefined();
    expect(notBefore('"18:00-06:00"', at(6))).toBe(at(18));
    expect(notBefore('"18:00-06:00"', at(5, 59))).toBeUndefined();
    expect(notBefore('"11:00-11:30"', at(11, 30))).toBe(at(35));
    expect(notBefore('["20:00-21:00", "15:00-16:00"]', at(12))).toBe(at(15));
  });

  it('has the destinations that take by themselves what machines store, whatever rules say, but for how', () => {
    const when = { callingAes: ['CT01'], modalities: ['CT'] };
    const all = destinations([node('self', { when }), node('all', { when: { callingAes: [], modalities: [] } }), node('ruled')]);
    const decided = (rules: string, more: Partial<Facts> = {}) =>
      decide(prepared(rules), all, facts(more)).decisions.map(({ destination, rule }) => `${destination} ${rule}`);
    expect(decided('[]')).toEqual(['self ', 'all ']);
    expect(decided('[{ name: r, then: [{ send: all }] }]')).toEqual(['all r', 'self ']);
    expect(decided('[{ name: r, then: [{ stop: true }] }]')).toEqual(['self ', 'all ']);
    expect(decided('[]', { source: { ...source, callingAe: 'MR01' } })).toEqual(['all ']);
    expect(decided('[]', { header: {} })).toEqual(['all ']);
    expect(decided('[]', { source: { ...source, kind: 'stow' } })).toEqual([]);
    expect(decide(prepared('[]'), all, facts({ known: new Set() })).open).toBe(true);
  });

  it('once the study is complete: only what waited for that, and goes nowhere else yet', () => {
    const rules = prepared(`
      - { name: whole, when: { complete: true }, then: [{ send: [a, b] }, { prefetch: { priors: 2 } }, { stop: true }] }
      - { name: at once, then: [{ send: { to: b, class: emergency } }] }`);
    const all = destinations([folder('a'), folder('b')]);
    const first = decide(rules, all, facts());
    expect(first).toMatchObject({ waits: true, decisions: [{ destination: 'b', rule: 'at once' }], prefetches: [] });
    const then = decideComplete(rules, all, facts({ complete: true }));
    expect(then).toMatchObject({ decisions: [{ destination: 'a', rule: 'whole' }], prefetches: [{ destination: 'a' }] });
  });
});
