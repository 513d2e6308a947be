import { expect, it } from 'vitest';
import { keepsAll, keptRules } from './password-rules.ts';

it.each([
  ['', '', []],
  ['ngan', 'ngan', ['name', 'same']],
  ['mot cau de nho', '', ['length', 'name']],
  ['mot cau de nho', 'mot cau de nho', ['length', 'name', 'same']],
  ['Admin cua benh vien', 'Admin cua benh vien', ['length', 'same']],
  ['mười hai chữ', 'mười hai chữ', ['length', 'name', 'same']],
])('"%s", repeated as "%s", keeps %o', (password, repeated, kept) => {
  const rules = keptRules(password, repeated, 'admin');
  expect([...rules].sort()).toEqual([...kept].sort());
  expect(keepsAll(rules)).toBe(kept.length === 3);
});
