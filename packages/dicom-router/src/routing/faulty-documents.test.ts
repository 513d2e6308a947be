import { describe, expect, it } from 'vitest';
import { routerLimits } from '../limits.ts';
import { checkReferences } from './check-references.ts';
import type { Destination } from './destination.ts';
import { parseRules } from './parse-rules.ts';

const limits = routerLimits();
const folder = (id: string, more: Partial<Destination> = {}) =>
  ({ kind: 'folder', id, path: '/x', names: 'hashed', enabled: true, ...more }) as Destination;
const KNOWN = {
  destinations: [folder('ws1'), folder('tinh', { site: 'Tỉnh' }), folder('own', { site: 'X', basis: { basis: 'referral' } })],
  facilities: ['main'],
  profiles: ['research'],
};

/** The first fault of a document: where it stands, and what is said of it. */
const faultOf = (text: string) => {
  const parsed = parseRules(text, limits);
  const problems = parsed.problems ?? checkReferences(parsed.references ?? [], KNOWN);
  const [first] = problems;
  return first === undefined ? 'none' : `${first.line}:${first.column} ${first.rule ?? '-'}: ${first.message}`;
};

/** A rule in lines of its own: the condition stands in line 3, the action in line 4. */
const when = (condition: string) => `rules:\n  - name: r\n    when: ${condition}\n    then: [{ send: ws1 }]\n`;
const then = (action: string) => `rules:\n  - name: r\n    when: {}\n    then: ${action}\n`;

describe('a faulty document', () => {
  it.each([
    ['rules: [', /^1:9 -: This is no YAML/],
    ['rules:\n\t- a', /^2:1 -: This is no YAML/],
    ['rules: "a', /^1:\d+ -: This is no YAML/],
    ['rule: []', /^1:1 -: There is no key "rule" here\. Did you mean "rules"\?/],
    ['rules: 5', /^1:8 -: Here stands a list/],
    ['rules: { a: 1 }', /^1:8 -: Here stands a list/],
    ['text', /^1:1 -: Here stand keys with values/],
    ['rules: []\nrules: []', /^2:1 -: "rules" stands here a second time/],
    ['rules: [5]', /^1:9 -: Here stand keys with values/],
    ['rules:\n  - when: {}\n    then: [{ send: ws1 }]', /^2:5 -: A rule needs a name/],
    ['rules:\n  - name: ""\n    then: [{ send: ws1 }]', /^2:11 -: A name has 1 to 100 characters/],
    [`rules:\n  - name: ${'a'.repeat(101)}\n    then: [{ send: ws1 }]`, /^2:11 -: A name has 1 to 100 characters/],
    [
      '- { name: a, then: { stop: true } }\n- { name: a, then: { stop: true } }',
      /^2:11 -: A rule "a" stands further above already/,
    ],
    ['rules:\n  - name: r\n    enabled: maybe\n    then: [{ send: ws1 }]', /^3:14 r: "maybe" is neither true nor false/],
    ['rules:\n  - name: r', /^2:5 r: The rule says nothing to do/],
    ['rules:\n  - name: r\n    than: [{ send: ws1 }]', /^3:5 r: There is no key "than" here\. Did you mean "then"\?/],
    ['rules:\n  - name: r\n    name: s\n    then: []', /^3:5 -: "name" stands here a second time/],
    ['x: &a [1]\nrules: *a', /^1:1 -: There is no key "x"/],
    [
      'rules:\n  - name: r\n    then: &a [{ send: ws1 }]\n  - name: s\n    then: *a',
      /^5:11 s: References \(\*name\) are not taken here/,
    ],
    [when('[]'), /^3:11 r: Here stand keys with values/],
    [when('{ callingAE: CT01 }'), /^3:13 r: There is no key "callingAE" here\. Did you mean "callingAe"\?/],
    [when('{ callingAe: [] }'), /^3:24 r: This list is empty/],
    [when('{ callingAe: "A\\\\B" }'), /^3:24 r: "A\\B" is no AE title/],
    [when('{ callingAe: ABCDEFGHIJKLMNOPQ }'), /^3:24 r: .* is no AE title/],
    [when('{ callingAe: { a: 1 } }'), /^3:24 r: Here stands one value/],
    [when('{ address: 10.0.0.256 }'), /^3:22 r: "10\.0\.0\.256" is no address or network/],
    [when('{ address: [10.0.0.1, 10.0.0.0/33] }'), /^3:33 r: "10\.0\.0\.0\/33" is no address or network/],
    [when('{ address: ct.hospital.vn }'), /^3:22 r: "ct\.hospital\.vn" is no address/],
    [when('{ facility: north }'), /^3:23 r: There is no facility "north"\. Known are main\./],
    [when('{ complete: false }'), /^3:23 r: .*Leave "complete" out/],
    [when('{ complete: yes }'), /^3:23 r: "yes" is neither true nor false/],
    [when('{ hours: 18:00 }'), /^3:20 r: "18:00" is no time of day from which until which/],
    [when('{ hours: "18:00-18:00" }'), /^3:20 r: "18:00-18:00" is no time of day/],
    [when('{ hours: "25:00-06:00" }'), /^3:20 r: /],
    [when('{ hours: ["18:00-06:00", "10-12"] }'), /^3:36 r: "10-12" is no time of day/],
    [when('{ tags: {} }'), /^3:19 r: No tag stands here/],
    [when('{ tags: Modality }'), /^3:19 r: Here stand keys with values/],
    [when('{ tags: { Modalty: CT } }'), /^3:21 r: There is no attribute "Modalty"\. Did you mean "Modality"\?/],
    [when('{ tags: { "(0010,00100)": CT } }'), /^3:21 r: There is no attribute "\(0010,00100\)"/],
    [when('{ tags: { "(0002,0010)": CT } }'), /^3:21 r: \(0002,0010\) is no attribute of an image/],
    [when('{ tags: { RequestAttributesSequence: X } }'), /^3:21 r: RequestAttributesSequence is a sequence/],
    [when('{ tags: { Modality.CodeValue: X } }'), /^3:21 r: Modality is no sequence/],
    [when('{ tags: { PixelData: X } }'), /^3:21 r: PixelData has no text to compare/],
    [when('{ tags: { Modality: } }'), /^3:21 r: Modality has no value/],
    [
      when('{ tags: { StudyDate: yesterday } }'),
      /^3:32 r: "yesterday" is no value of StudyDate \(DA\)\. Write a day, as 20260131/,
    ],
    [when('{ tags: { SeriesNumber: many } }'), /^3:35 r: "many" is no value of SeriesNumber \(IS\)\. Write a number/],
    [when('{ tags: { Modality: CT, Modality: MR } }'), /^3:35 r: "Modality" stands here a second time/],
    [when(`{ tags: { Modality: ${'x'.repeat(257)} } }`), /^3:31 r: A value has at most 256 characters/],
    [when(`{ callingAe: [${'A,'.repeat(201)}] }`), /^3:24 r: A list has at most 200 values/],
    [then('[]'), /^4:11 r: The rule says nothing to do/],
    [then('send'), /^4:11 r: Here stands a list/],
    [then('[{ snd: ws1 }]'), /^4:14 r: There is no key "snd" here\. Did you mean "send"\?/],
    [then('[{ send: }]'), /^4:12 r: "send" says nothing/],
    [then('[{ send: ws2 }]'), /^4:20 r: There is no destination "ws2"\. Did you mean "ws1"\? Known are ws1, tinh, own\./],
    [then('[{ send: ws1 }, { send: { to: ws1, class: emergency } }]'), /^4:35 r: This rule sends to "ws1" twice/],
    [then('[{ send: { class: routine } }]'), /^4:20 r: It is not said where to send to/],
    [
      then('[{ send: { to: ws1, class: urgent } }]'),
      /^4:38 r: "urgent" is no class\..*Known are emergency, consultation, routine, backfill/,
    ],
    [
      then('[{ send: { to: ws1, syntax: jpeg-baseline } }]'),
      /^4:39 r: "jpeg-baseline" is no transfer syntax that is sent without loss/,
    ],
    [then('[{ send: { to: ws1, hold: tonight } }]'), /^4:37 r: "tonight" is no time of day/],
    [then('[{ send: tinh }]'), /^4:20 r: "tinh" is another facility: say on what legal basis/],
    [then('[{ send: { to: tinh, basis: because } }]'), /^4:39 r: "because" is no legal basis/],
    [then('[{ send: { to: tinh, evidence: HĐ 1 } }]'), /^4:42 r: "evidence" shows what "basis" says/],
    [then('[{ send: ws1 }, { set: { StudyInstanceUID: 1.2.3 } }]'), /^4:54 r: StudyInstanceUID stays as it is/],
    [
      then('[{ send: ws1 }, { set: { InstitutionNam: X } }]'),
      /^4:36 r: There is no attribute "InstitutionNam"\. Did you mean "InstitutionName"\?/,
    ],
    [then('[{ send: ws1 }, { set: { PatientBirthDate: 1.1.1970 } }]'), /^4:54 r: "1\.1\.1970" is no value of PatientBirthDate/],
    [then('[{ send: ws1 }, { set: { Rows: 12 } }]'), /^4:42 r: Rows says how the pixels are read/],
    [then('[{ send: ws1 }, { set: { PatientSex: male } }]'), /^4:48 r: "male" is no value of PatientSex \(CS\)/],
    [then('[{ send: ws1 }, { remove: [PixelData] }]'), /^4:38 r: PixelData says how the pixels are read/],
    [
      then('[{ send: ws1 }, { remove: PatientAdress }]'),
      /^4:37 r: There is no attribute "PatientAdress"\. Did you mean "PatientAddress"\?/,
    ],
    [then('[{ send: ws1 }, { set: { PatientID: X } }, { remove: PatientID }]'), /^4:11 r: PatientID is both set and removed/],
    [
      then('[{ send: ws1 }, { deidentify: reserch }]'),
      /^4:41 r: There is no de-identification profile "reserch"\. Did you mean "research"\?/,
    ],
    [then('[{ set: { InstitutionName: X } }]'), /^4:11 r: What is set, removed, .* it sends nothing\. Add: send/],
    [then('[{ send: ws1 }, { prefetch: 3 }]'), /^4:39 r: Here stand keys with values/],
    [then('[{ send: ws1 }, { prefetch: { priors: 0 } }]'), /^4:49 r: "0" is no whole number from 1 to 50/],
    [then('[{ send: ws1 }, { prefetch: { priors: 3, modality: ct } }]'), /^4:62 r: "ct" is no modality/],
    [then('[{ send: ws1 }, { stop: false }]'), /^4:35 r: .*Leave "stop" out/],
    [
      then('[{ send: ws1 }, { deidentify: research }, { deidentify: research }]'),
      /^4:\d+ r: "deidentify" stands in this rule a second time/,
    ],
  ])('%j is refused at its place with a reason', (text, expected) => {
    expect(faultOf(text)).toMatch(expected);
  });

  it('is refused where a machine could not read it in time or room', () => {
    const first = (text: string) => parseRules(text, limits).problems?.[0]?.message ?? 'none';
    expect(first(`rules:\n${'# x\n'.repeat(2_500_000)}`)).toContain('at most 524288 bytes');
    expect(first('['.repeat(500_000))).toMatch(/nested too deep|no YAML|Here stand/);
    expect(first(`${'- '.repeat(200_000)}a`)).toMatch(/nested too deep|no YAML|Here stand/);
    expect(first(`{${'a: {'.repeat(100_000)}`)).toMatch(/nested too deep|no YAML|There is no key/);
    const bomb = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [${'*a'.concat(String(index), ',').repeat(20)}]`,
    );
    expect(first(['a0: &a0 [x]', ...bomb, 'rules: *a30'].join('\n'))).toContain('There is no key "a0"');
    expect(first(['rules: &a', '  - &b { name: x, then: [*b] }'].join('\n'))).toContain('References (*name) are not taken here');
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(first(keys)).toContain('There is no key "k0"');
    const many = Array.from({ length: 10_000 }, (_, index) => `- { name: r${index}, then: [stop: true] }`).join('\n');
    expect(parseRules(many, limits).problems).toEqual([
      { line: 1_001, column: 3, message: expect.stringContaining('There are 10000 rules, 1000 is the limit') },
    ]);
  });

  it('with faults without number tells the first', () => {
    const many = Array.from({ length: 900 }, (_, index) => `- { name: r${index}, than: [stop: true] }`).join('\n');
    expect(parseRules(many, limits).problems).toHaveLength(limits.ruleProblems);
  });
});
