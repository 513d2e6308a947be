import { describe, expect, it } from 'vitest';
import { routerLimits } from '../limits.ts';
import { parseRules, rulesOfFile } from './parse-rules.ts';
import { printRule } from './print-rule.ts';
import { ruleInWords } from './rule-words.ts';

const limits = routerLimits();

const DOCUMENT = `
rules:
  - name: CT của Khoa Ngoại lên tuyến trên
    when:
      callingAe: [CT01, "CT*"]
      address: 10.0.0.0/24
      facility: main
      complete: true
      hours: "18:00-06:00"
      tags: { Modality: CT, RequestingService: "Khoa Ngoại*", RequestAttributesSequence.RequestedProcedureID: RP1 }
    then:
      - send: { to: tinh, class: consultation, syntax: jpeg-ls-lossless, basis: hội chẩn, evidence: HĐ 12/2026, hold: "18:00-06:00" }
      - send: [ws1, ws2]
      - set: { InstitutionName: BVĐK Sa Đéc, "(0008,1040)": Khoa CĐHA }
      - remove: [PatientTelephoneNumbers, PatientAddress]
      - deidentify: nghien-cuu
      - prefetch: { priors: 3, modality: same }
      - stop: true
  - { name: the rest, enabled: false, then: [{ stop: true }] }
`;

const rulesOf = (text: string) => {
  const { rules, problems } = parseRules(text, limits);
  expect(problems).toBeUndefined();
  return rules ?? [];
};

describe('a document of rules', () => {
  it('says in words what it means, in Vietnamese and English', () => {
    const [first, second] = rulesOf(DOCUMENT);
    expect(first === undefined ? '' : ruleInWords(first, 'vi')).toBe(
      'Mọi ảnh từ máy CT01 hoặc CT* từ địa chỉ 10.0.0.0/24 của cơ sở main có Modality là "CT" có RequestingService là "Khoa Ngoại*"' +
        ' có RequestAttributesSequence.RequestedProcedureID là "RP1" đến trong giờ 18:00-06:00 khi ca chụp đã đủ ảnh:' +
        ' gửi tới tinh, loại hội chẩn, dạng nén jpeg-ls-lossless, chỉ gửi trong giờ 18:00-06:00, căn cứ: hội chẩn (HĐ 12/2026);' +
        ' gửi tới ws1, loại thường; gửi tới ws2, loại thường; khử định danh theo "nghien-cuu"; ghi InstitutionName = "BVĐK Sa Đéc";' +
        ' ghi InstitutionalDepartmentName = "Khoa CĐHA"; xóa PatientTelephoneNumbers, PatientAddress;' +
        ' kèm 3 ca chụp cũ gần nhất (cùng loại máy); không xét các quy tắc sau.',
    );
    expect(second === undefined ? '' : ruleInWords(second, 'en')).toBe(
      'Every image: later rules do not look at it (switched off).',
    );
  });

  it('is the same printed as JSON and read again', () => {
    const rules = rulesOf(DOCUMENT);
    expect(rulesOf(JSON.stringify({ rules: rules.map(printRule) }))).toEqual(rules);
  });

  it('may be a list alone, and may be empty', () => {
    expect(rulesOf('- { name: a, then: { send: x } }')).toHaveLength(1);
    expect(rulesOf('')).toEqual([]);
    expect(rulesOf('rules: []')).toEqual([]);
    expect(rulesOf('rules:')).toEqual([]);
  });

  it('is looked for among the other keys of a configuration file', () => {
    const text = 'httpPort: 8080\nrules:\n  - { name: a, then: [{ send: x }] }\naes: []\n';
    expect(parseRules(text, limits, 'file').rules).toHaveLength(1);
    expect(parseRules(text, limits).problems?.[0]).toMatchObject({ line: 1, column: 1 });
    expect(rulesOfFile('httpPort: 8080\n', limits)).toEqual({ configured: undefined, problems: [] });
  });

  it.each([
    [
      'a list, an item a line',
      'a: 1\nrules:\n    - name: x # why\n      then:\n        - send: y\n\n    - { name: z, then: [{ stop: true }] }\nb: 2\n',
    ],
    ['a list without indentation', 'rules:\n- name: x\n  then: [{ send: y }]\n- { name: z, then: { stop: true } }\nb: 2\n'],
    ['a list in brackets', 'rules: [{ name: x, then: [{ send: y }] },\n  { name: z, then: [{ stop: true }] }]\nb: 2\n'],
  ])('is cut out of a configuration file: %s', (_what, text) => {
    const { configured, problems } = rulesOfFile(text, limits);
    const { document = '', linesAbove = 0 } = configured ?? {};
    expect(problems).toEqual([]);
    expect(document).not.toContain('b: 2');
    const lineOf = (whole: string) => whole.split('\n').findIndex((line) => line.includes('name: z'));
    expect(lineOf(document) + linesAbove).toBe(lineOf(text));
    expect(rulesOf(document)).toEqual(parseRules(text, limits, 'file').rules);
    expect(rulesOf(document)).toHaveLength(2);
  });

  it('tells all its faults at once, each with its place and its rule', () => {
    const { problems } = parseRules(
      [
        'rules:',
        '  - name: one',
        '    whn: {}',
        '    when: { tags: { Modallity: CT } }',
        '    then: [{ sent: x }]',
        '  - when: {}',
      ].join('\n'),
      limits,
    );
    expect(problems).toEqual([
      { line: 3, column: 5, rule: 'one', message: 'There is no key "whn" here. Did you mean "when"?' },
      { line: 4, column: 21, rule: 'one', message: 'There is no attribute "Modallity". Did you mean "Modality"?' },
      { line: 5, column: 14, rule: 'one', message: 'There is no key "sent" here. Did you mean "send"?' },
      {
        line: 6,
        column: 5,
        message: 'A rule needs a name, by which the log and the page call it. Write: name: CT to the workstation',
      },
      { line: 6, column: 5, message: 'The rule says nothing to do. Write for instance: then: [{ send: ws1 }, { stop: true }]' },
    ]);
  });
});
