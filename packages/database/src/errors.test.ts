import { describe, expect, it } from 'vitest';
import { errorData } from './errors.ts';

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
  ])('%s is %s', (sqlite, code) => {
    expect(errorData(sqliteError(sqlite))).toEqual({ code, message: `${sqlite}: on purpose` });
  });
});
