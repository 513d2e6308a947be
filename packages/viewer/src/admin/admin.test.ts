import { expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import { toCsv } from './audit-export.ts';
import { auditQuery, readAuditFilters, writeAuditFilters } from './audit-filters.ts';
import { detailWords } from './audit-words.ts';
import { byMeaning, tagWords, valueWords } from './difference-words.ts';
import { echoProblem, echoWords } from './echo-words.ts';

const failed = (detail: string) => echoWords('CT01', { ok: false, milliseconds: 9, detail });

it('says what to look at when a machine does not answer', () => {
  expect(echoWords('CT01', { ok: true, milliseconds: 12, detail: '' })).toContain('trả lời trong 12 ms');
  expect(failed('connect ECONNREFUSED 10.0.0.11:104')).toContain('Kiểm tra số cổng');
  expect(failed('connect EHOSTUNREACH 10.0.0.11:104')).toContain('dây mạng');
  expect(failed('getaddrinfo ENOTFOUND ct01')).toContain('Hãy dùng địa chỉ IP');
  expect(failed('connect ETIMEDOUT')).toContain('tường lửa');
  expect(failed('CT01 rejected the association: called AE title not recognized')).toContain('Kiểm tra AE Title của máy (CT01)');
  expect(failed('the peer aborted the association')).toContain('không phải cổng DICOM');
  expect(failed('something new')).toContain('something new');
  expect(echoProblem(new ApiError(400, 'host and port are not known'))).toContain('Bấm Sửa');
});

it('keeps the filters of the access log in the address', () => {
  const filters = { subject: 'an.nguyen', study: '1.2.3', from: '2026-03-01', to: '2026-03-02' };
  expect(readAuditFilters(new URL(writeAuditFilters(filters), 'http://viewer').search)).toEqual(filters);
  expect(writeAuditFilters({ subject: ' ', study: '', from: undefined, to: undefined })).toBe('/admin/audit');
});

it('asks for whole days of the browser’s zone', () => {
  const query = auditQuery({ subject: '', study: '', from: '2026-03-01', to: '2026-03-01' }, 100, '7');
  expect(query).toMatchObject({ from: new Date(2026, 2, 1).toISOString(), to: new Date(2026, 2, 2).toISOString(), after: '7' });
});

it('writes lines that a spreadsheet reads and does not run', () => {
  const line = {
    id: '1',
    at: '2026-03-01T01:00:00Z',
    action: 'view',
    outcome: 'success',
    subject: { kind: 'user', name: '=cmd()' },
    address: '10.0.0.1',
    facility: 'main',
    studyInstanceUid: '1.2',
    detail: 'một, "hai"\nba',
  };
  const [head, first] = [toCsv([line]).slice(0, 15), toCsv([line]).split('\r\n')[1]];
  expect(head).toBe('at,subject_kind');
  expect(first).toBe(`2026-03-01T01:00:00Z,user,'=cmd(),view,success,main,1.2,10.0.0.1,"một, ""hai""\nba"`);
});

it('puts the details it knows into the language of the screen', () => {
  expect(detailWords('14 instances from CT01')).toBe('14 ảnh từ máy CT01');
  expect(detailWords('3 instances, 1 of them kept aside')).toBe('3 ảnh, trong đó 1 ảnh xung đột được giữ riêng');
  expect(detailWords('an.nguyen doctor main')).toBe('an.nguyen doctor main');
});

it('shows differing values as people read them', () => {
  expect(valueWords('[{"Alphabetic":"Nguyễn^Văn^An"}]')).toBe('Nguyễn Văn An');
  expect(valueWords('["ORIGINAL","PRIMARY"]')).toBe('ORIGINAL \\ PRIMARY');
  expect([valueWords('[5]'), valueWords(null), valueWords('[]'), valueWords('["cut off…')]).toEqual([
    '5',
    '(không có)',
    '(trống)',
    '["cut off…',
  ]);
  expect(tagWords('00100010')).toBe('(0010,0010)');
});

it('puts what says who and what before what a vendor added', () => {
  const difference = (tag: string, keyword: string) => ({ tag, keyword });
  const sorted = byMeaning([
    difference('00090000', 'GenericGroupLength'),
    difference('00091001', ''),
    difference('00100010', 'PatientName'),
  ]);
  expect(sorted.map(({ tag }) => tag)).toEqual(['00100010', '00091001', '00090000']);
});
