import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routerLimits } from '../limits.ts';
import { editDocument } from './edit-document.ts';
import { parseRules } from './parse-rules.ts';
import { type PrintedRule, printRule } from './print-rule.ts';

/** A computed name, for an object that is no promise. */
const THEN = 'then';

const read = (text: string): readonly PrintedRule[] => {
  const { problems, rules = [] } = parseRules(text, routerLimits({}));
  expect(problems).toBeUndefined();
  return rules.map(printRule);
};
const sendTo = (name: string, to = 'ws1'): PrintedRule => ({ name, [THEN]: [{ send: { to, class: 'routine' } }] });

const NOTED = `# Quy tắc của bệnh viện
rules:
  # cấp cứu trước
  - name: cấp cứu
    when: { tags: { RequestingService: ["*cấp cứu*"] } } # mọi máy
    then: [{ send: { to: phongdoc, class: emergency } }]

  # CT theo hợp đồng 12/2026
  - name: CT
    when:
      callingAe: CT01 # phòng 3
      tags: { Modality: CT }
    then: [{ send: tinh }] # tỉnh

  - { name: khác, then: [{ send: saoluu }] }
`;

describe('a document of rules that is changed rule by rule', () => {
  it('is moved with the notes above it, and every other line stays', () => {
    const lines = NOTED.split('\n');
    const moved = editDocument(NOTED, read(NOTED), { kind: 'move', from: 1, to: 0 });
    expect(read(moved).map(({ name }) => name)).toEqual(['CT', 'cấp cứu', 'khác']);
    expect([...moved.split('\n')].sort()).toEqual([...lines].sort());
    expect(moved.indexOf('hợp đồng')).toBeLessThan(moved.indexOf('name: CT'));
    expect(editDocument(moved, read(moved), { kind: 'move', from: 0, to: 1 })).toBe(NOTED);
  });

  it('keeps what is noted beside what does not change', () => {
    const [, ct] = read(NOTED);
    const after: PrintedRule = {
      ...sendTo('CT và MR'),
      [THEN]: ct?.then ?? [],
      when: { ...ct?.when, tags: { Modality: ['CT', 'MR'] } },
    };
    const changed = editDocument(NOTED, read(NOTED), { kind: 'change', at: 1, rule: after });
    expect(read(changed)[1]).toEqual(after);
    for (const note of ['# phòng 3', '# tỉnh', '# CT theo hợp đồng 12/2026', '# mọi máy', '# Quy tắc của bệnh viện']) {
      expect(changed).toContain(note);
    }
    expect(changed).toContain('Modality: [ CT, MR ]');
  });

  it('takes a rule out with its notes, and adds one at the end as a person would write it', () => {
    const fewer = editDocument(NOTED, read(NOTED), { kind: 'remove', at: 1 });
    expect(fewer).not.toContain('hợp đồng');
    expect(read(fewer).map(({ name }) => name)).toEqual(['cấp cứu', 'khác']);
    const added = editDocument(NOTED, read(NOTED), { kind: 'add', rule: { ...sendTo('đêm'), when: { hours: ['18:00-06:00'] } } });
    expect(added.slice(NOTED.length - 1).trim()).toBe(
      ['- name: đêm', '    when: { hours: 18:00-06:00 }', '    then:', '      - send: ws1'].join('\n'),
    );
  });

  it.each(['', '# nothing yet\n', 'rules:\n', 'rules: []\n', '[]'])('begins with %j', (text) => {
    const first = editDocument(text, [], { kind: 'add', rule: sendTo('một') });
    const second = editDocument(first, read(first), { kind: 'add', rule: sendTo('hai') });
    expect(read(second)).toEqual([sendTo('một'), sendTo('hai')]);
    expect(second).toContain(text.includes('#') ? '# nothing yet' : '- name: một');
  });

  it('may lose its last rule', () => {
    const text = 'rules:\n  # one\n  - { name: a, then: [{ send: ws1 }] }\n';
    expect(read(editDocument(text, read(text), { kind: 'remove', at: 0 }))).toEqual([]);
  });

  it.each([
    ['in brackets', 'rules: [{ name: a, then: [{ send: ws1 }] }, { name: b, then: [{ send: ws1 }] }] # both\n'],
    ['of JSON', JSON.stringify({ rules: [sendTo('a'), sendTo('b')] })],
    ['without its key', '- { name: a, then: [{ send: ws1 }] }\n- { name: b, then: [{ send: ws1 }] }\n'],
    ['with Windows line ends', 'rules:\r\n- name: a\r\n  then: [{ send: ws1 }]\r\n- name: b\r\n  then: [{ send: ws1 }]\r\n'],
  ])('may be a list %s', (_, text) => {
    const moved = editDocument(text, read(text), { kind: 'move', from: 0, to: 1 });
    expect(read(moved).map(({ name }) => name)).toEqual(['b', 'a']);
    const off = editDocument(moved, read(moved), { kind: 'change', at: 1, rule: { ...sendTo('a'), enabled: false } });
    expect(read(off)[1]).toEqual({ ...sendTo('a'), enabled: false });
    expect(off.includes('# both')).toBe(text.includes('# both'));
  });

  it('has no rule at a place behind its last', () => {
    expect(() => editDocument(NOTED, read(NOTED), { kind: 'remove', at: 3 })).toThrow(RangeError);
  });

  it('says after any row of changes what they say, whatever the values are', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9#:"'{}[\]&*!|>%@,? -]{1,12}$/).map((text) => text.trim() || 'x');
    const rule = fc.record({
      when: fc.record({ tags: fc.record({ StudyDescription: fc.array(value, { minLength: 1, maxLength: 3 }) }) }),
      [THEN]: fc.constant(sendTo('x').then),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), rule), { maxLength: 8 }), (changes) => {
        let text = NOTED;
        let wanted = [...read(NOTED)];
        for (const [index, [at, to, made]] of changes.entries()) {
          const place = at % wanted.length;
          const named: PrintedRule = { name: `r${index}`, ...made };
          if (index % 2 === 0) {
            text = editDocument(text, read(text), { kind: 'change', at: place, rule: named });
            wanted = wanted.map((old, position) => (position === place ? named : old));
          } else {
            const target = to % wanted.length;
            text = editDocument(text, read(text), { kind: 'move', from: place, to: target });
            const [taken] = wanted.splice(place, 1);
            wanted.splice(target, 0, ...(taken === undefined ? [] : [taken]));
          }
        }
        expect(read(text)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});
