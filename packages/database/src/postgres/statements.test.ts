import { describe, expect, it } from 'vitest';
import { numbered, Statements } from './statements.ts';

describe('a statement for PostgreSQL', () => {
  it.each([
    ['SELECT 1', 'SELECT 1'],
    ['a = ? AND b = ?', 'a = $1 AND b = $2'],
    [`a = '?' AND "b?" = ? AND c = 'it''s ?'`, `a = '?' AND "b?" = $1 AND c = 'it''s ?'`],
    ['"a""?" = ?', '"a""?" = $1'],
  ])('has its parameters numbered: %s', (sql, text) => {
    expect(numbered(sql)).toBe(text);
  });

  it('gets a name when it comes again, and keeps it', () => {
    const statements = new Statements();
    const names = Array.from({ length: 5 }, () => statements.of('SELECT ?', 1).name);
    expect(names).toEqual([undefined, undefined, undefined, names[4], expect.stringMatching(/^f[\w-]{40}$/)]);
  });

  it('has the same name at every process, and another one than any other text', () => {
    const nameOf = (first: string, sql: string) => {
      const statements = new Statements();
      return Array.from({ length: 8 }, (_, at) => statements.of(at % 2 === 0 ? first : sql, 0).name).at(-1);
    };
    expect(nameOf('DELETE FROM a', 'SELECT 1')).toBe(nameOf('DELETE FROM b', 'SELECT 1'));
    expect(nameOf('SELECT 1', 'DELETE FROM a')).not.toBe(nameOf('DELETE FROM a', 'SELECT 1'));
  });

  it('with many parameters, or one of too many texts, is not prepared', () => {
    const statements = new Statements();
    const often = (sql: string, parameters: number) =>
      Array.from({ length: 5 }, () => statements.of(sql, parameters).name).at(-1);
    expect(often('many', 101)).toBeUndefined();
    const names = Array.from({ length: 2000 }, (_, index) => often(`SELECT ${index}`, 0)).filter((name) => name !== undefined);
    expect(names).toHaveLength(500);
  });
});
