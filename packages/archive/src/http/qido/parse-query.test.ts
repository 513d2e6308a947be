import { describe, expect, it } from 'vitest';
import { parseSearch } from './parse-query.ts';

const parse = (text: string) => parseSearch(new URLSearchParams(text));

describe('the query of a search', () => {
  it('takes attributes by keyword, by tag in either case, and through sequences', () => {
    const path = ['00400275', '00400009'];
    for (const name of ['RequestAttributesSequence.ScheduledProcedureStepID', '00400275.00400009']) {
      expect(parse(`${name}=A`).keys).toEqual([{ path, vr: 'SH', match: { kind: 'single', value: 'A' } }]);
    }
    expect(parse('0020000d=1.2').keys).toEqual([{ path: ['0020000D'], vr: 'UI', match: { kind: 'single', value: '1.2' } }]);
  });

  it('takes each way of matching', () => {
    expect(parse('PatientName=').keys[0]?.match).toEqual({ kind: 'universal' });
    expect(parse('PatientName=*').keys[0]?.match).toEqual({ kind: 'universal' });
    expect(parse('PatientName=Ng%3F*').keys[0]?.match).toEqual({ kind: 'wildcard', pattern: 'Ng?*' });
    expect(parse('StudyDate=20260101-20260131').keys[0]?.match.kind).toBe('range');
    expect(parse('StudyInstanceUID=1.2,1.3').keys[0]?.match.kind).toBe('list');
    expect(parse('StudyInstanceUID=1.2%5C1.3').keys[0]?.match.kind).toBe('list');
    expect(parse('PatientName=do+duong&fuzzymatching=true').keys[0]?.match).toEqual({ kind: 'words', words: ['do', 'duong'] });
  });

  it('takes several codes by comma, and a comma in a name that is matched by words as a space or, with wildcards, as anything', () => {
    const either = parse('ModalitiesInStudy=CT%5CMR').keys;
    expect(either[0]?.match.kind).toBe('list');
    expect(parse('ModalitiesInStudy=CT,MR').keys).toEqual(either);
    expect(parse('ModalitiesInStudy=CT,MR&multiplevaluematching=false').keys[0]?.match).toEqual({
      kind: 'single',
      value: 'CT,MR',
    });
    const named = (name: string) => parse(`PatientName=${name}&fuzzymatching=true`).keys[0]?.match;
    expect(named('*Nguyễn, Văn*')).toEqual({ kind: 'wildcard', pattern: '*Nguyễn*Văn*' });
    expect(named('nguyen,van')).toEqual({ kind: 'words', words: ['nguyen', 'van'] });
    expect(parse('PatientName=*Nguyễn, Văn*').keys[0]?.match).toEqual({ kind: 'wildcard', pattern: '*Nguyễn, Văn*' });
  });

  it('keeps the parameters of the service apart', () => {
    const query =
      'limit=5&offset=10&includefield=StudyDescription,00081030&includefield=00400275.00400009&accept=a/b&fuzzymatching=false';
    expect(parse(query)).toEqual({ keys: [], include: ['00081030', '00400275'], limit: 5, offset: 10 });
    expect(parse('includefield=StudyDate,all').include).toBe('all');
    expect(parse('includefield=&limit=')).toEqual({ keys: [], include: [] });
    expect(parse('&includefield=00081030')).toEqual({ keys: [], include: ['00081030'] });
    expect(parse('emptyvaluematching=true&multiplevaluematching=true')).toEqual({ keys: [], include: [] });
  });

  it.each([
    ['PatientNam=x', 'PatientNam'],
    ['001000=x', '001000'],
    ['StudyDate.PatientName=x', 'not a sequence'],
    ['StudyDate=yesterday', '00080020'],
    ['Rows=many', '00280010'],
    ['PixelData=x', '7FE00010'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['offset=x', 'offset'],
    ['fuzzymatching=maybe', 'fuzzymatching'],
    ['includefield=Nonsense', 'Nonsense'],
    [`${Array(9).fill('00400275').join('.')}=x`, 'not an attribute'],
    [Array(65).fill('PatientID=x').join('&'), '64'],
  ])('%s is refused by name', (query, named) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^invalid-(request|value)$/),
        message: expect.stringContaining(named),
      }),
    );
  });
});
