import { expect, it } from 'vitest';
import { sanitizeLog } from './log-lines.ts';

const line = (fields: object) => `${JSON.stringify(fields)}\n`;
const REQUEST = {
  level: 'info',
  time: '2026-11-22T08:00:00.000Z',
  request: 'a1b2c3d4e5f60718',
  method: 'GET',
  ms: 3.2,
  status: 200,
};

it('leaves the lines of requests as they are', () => {
  const route = { ...REQUEST, route: '/dicom-web/studies/:study', msg: 'request', slow: true };
  expect(sanitizeLog(line(route))).toBe(line(route));
});

it('keeps of an error where it was, and not what it says', () => {
  const error = 'TypeError: Nguyễn Văn An is no number\n    at parse (file:///opt/filmless/a.ts:1:2)\nNguyễn\n    at b.ts:3:4';
  expect(JSON.parse(sanitizeLog(line({ error })))).toEqual({
    error: 'TypeError\nat parse (file:///opt/filmless/a.ts:1:2)\nat b.ts:3:4',
  });
});

it('takes out what a text quotes, long numbers and UIDs, and every field it does not know', () => {
  const told = {
    msg: 'refused "Nguyen^An" 1.2.840.113619.2 P0012345678',
    address: '10.0.0.1',
    patient: 'An',
    deep: { name: 'An' },
  };
  expect(JSON.parse(sanitizeLog(line(told)))).toEqual({ msg: 'refused … … P…', address: '…', patient: '…', deep: '…' });
});

it('leaves out what is no JSON object, also half a line at the beginning', () => {
  expect(sanitizeLog(`ient":"An"}\nplain An\n[1]\n"An"\n${line({ level: 'warn' })}`)).toBe(line({ level: 'warn' }));
  expect(sanitizeLog('')).toBe('');
});
