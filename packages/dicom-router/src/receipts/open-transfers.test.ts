import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrations } from '../records/migrations.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { openStudies, openTransfers } from './open-transfers.ts';

/** A database that says how it would read. */
function explaining(plans: string[]): RouterDatabase {
  const database = new DatabaseSync(':memory:');
  for (const statement of migrations.flatMap(({ sqlite }) => sqlite)) {
    database.exec(statement);
  }
  const read: RouterDatabase['read'] = (query) => {
    const { sql, parameters } = query.compile();
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as readonly SQLInputValue[]));
    plans.push(rows.map(({ detail }) => String(detail)).join('; '));
    return Promise.resolve([]);
  };
  const missing = () => Promise.reject(new Error('only reads are explained'));
  return {
    read,
    readAll: missing,
    write: missing,
    backup: missing,
    problem: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

it('reads of a page of studies no more than what is open, however much was delivered', async () => {
  const plans: string[] = [];
  await openTransfers(explaining(plans), ['1.2', '1.3', '1.4'], 100);
  expect(plans).toEqual([
    expect.stringContaining('SEARCH delivery USING COVERING INDEX delivery_open (study_instance_uid=?)'),
    expect.stringContaining('SEARCH arrival USING COVERING INDEX arrival_study (study_instance_uid=?)'),
    expect.stringMatching(/^SEARCH committed_instance USING (COVERING )?INDEX committed_instance_failed/),
  ]);
});

it('finds the studies of which something is open among what is open', async () => {
  const plans: string[] = [];
  await openStudies(explaining(plans), 'problem', 100);
  await openStudies(explaining(plans), 'waiting', 100);
  expect(plans).toEqual([
    expect.stringContaining('COVERING INDEX delivery_open'),
    expect.stringMatching(/INDEX committed_instance_failed/),
    expect.stringContaining('COVERING INDEX delivery_open'),
    expect.stringContaining('COVERING INDEX arrival_study'),
  ]);
});
