import { expect, it } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { Facts } from '../api/diagnosis.ts';
import { toCsv } from './audit-export.ts';
import { auditQuery, readAuditFilters, writeAuditFilters } from './audit-filters.ts';
import { detailWords } from './audit-words.ts';
import { connectionsUrl, logQuery, problemQuery, readConnectionFilters } from './connection-filters.ts';
import { outcomeWords, testProblem } from './diagnosis-words.ts';
import { byMeaning, tagWords, valueWords } from './difference-words.ts';

const failed = (cause: string, facts: Facts = {}) =>
  outcomeWords('CT01', 'echo', {
    ok: false,
    milliseconds: 9,
    status: null,
    detail: 'in the log',
    diagnosis: { cause, facts: { peer: 'CT01', address: '10.0.0.11', port: 104, ...facts }, reason: 'In English.', advice: '' },
  });

it('says why a machine does not answer, and what to do', () => {
  const ok = { ok: true, milliseconds: 12, status: '0000H', detail: '', diagnosis: null };
  expect(outcomeWords('CT01', 'echo', ok)).toContain('trả lời trong 12 ms');
  expect(outcomeWords('CT01', 'test-image', ok)).toContain('đã nhận ảnh thử');
  expect(failed('connection-refused')).toContain('cổng 104 không có chương trình nào');
  expect(failed('timeout-connect')).toContain('tường lửa');
  expect(failed('calling-ae-barred', { asks: ['store', 'query'] })).toContain('Gửi ảnh đến, Tra cứu');
  expect(failed('a-cause-of-tomorrow')).toContain('In English.');
  expect(outcomeWords('CT01', 'echo', { ...ok, ok: false, detail: 'something new' })).toContain('something new');
  expect(testProblem(new ApiError(400, 'host and port are not known'))).toContain('Bấm Sửa');
});

it('keeps the filters of connections in the address, and asks for one day of the browser’s zone', () => {
  const filters = { ...readConnectionFilters(''), title: 'CT01', state: 'open' as const, day: '2026-03-01' };
  expect(readConnectionFilters(new URL(connectionsUrl(filters), 'http://viewer').search)).toEqual(filters);
  expect(connectionsUrl(readConnectionFilters('?view=problems&state=nonsense&day=x'))).toBe('/admin/connections');
  const query = problemQuery(filters);
  expect(query.get('since')).toBe(new Date(2026, 2, 1).toISOString());
  expect(query.get('until')).toBe(new Date(2026, 2, 2).toISOString());
  expect(logQuery({ ...filters, view: 'log', direction: 'out' }, 7).toString()).toMatch(
    /^calledAe=CT01&direction=out&.*after=7$/,
  );
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
