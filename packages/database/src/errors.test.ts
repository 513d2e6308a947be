import { describe, expect, it } from 'vitest';
import { advised, errorData } from './errors.ts';

const sqliteError = (code: string) => Object.assign(new Error('on purpose'), { code });

describe('what SQLite says', () => {
  it.each([
    ['SQLITE_FULL', 'full'],
    // Whether the commit is on disk is not known: nothing may be undone on its account.
    ['SQLITE_IOERR_FSYNC', 'io'],
    ['SQLITE_IOERR_READ', 'io'],
    ['SQLITE_READONLY_DBMOVED', 'io'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy'],
    ['SQLITE_CORRUPT_VTAB', 'corrupt'],
    ['SQLITE_NOMEM', 'failed'],
    ['ENOSPC', 'full'],
  ])('%s is %s', (sqlite, code) => {
    expect(errorData(sqliteError(sqlite))).toEqual({ code, message: `${sqlite}: on purpose` });
  });

  it('comes with advice where a file is damaged, and only there', () => {
    expect(advised(errorData(sqliteError('SQLITE_CORRUPT')), '/data/a.db').message).toMatch(
      /^SQLITE_CORRUPT: on purpose\. \/data\/a\.db is damaged: stop the server, .*restore it from the last backup/,
    );
    expect(advised(errorData(sqliteError('SQLITE_FULL')), '/data/a.db').message).toBe('SQLITE_FULL: on purpose');
  });
});
