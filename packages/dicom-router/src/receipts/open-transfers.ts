import { type Compilable, sql } from 'kysely';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { OpenTransfers } from './transfers.ts';

/** NOTE: written out, so that SQLite takes the index of what is open. */
const OPEN = sql<boolean>`state <> 'done'`;

interface NotCommitted {
  readonly study_instance_uid: string;
  readonly sop_instance_uid: string;
}

/** NOTE: by itself SQLite goes through all that was granted. */
function notCommitted(studies: readonly string[], most: number): Compilable<NotCommitted> {
  const query = sql<NotCommitted>`
    SELECT study_instance_uid, sop_instance_uid FROM committed_instance INDEXED BY committed_instance_failed
    WHERE study_instance_uid IN (${sql.join(studies)}) AND failure IS NOT NULL LIMIT ${most}`;
  return { compile: () => query.compile(db) };
}

/** What is open of these studies: three queries over the few lines that are. */
export async function openTransfers(
  database: RouterDatabase,
  studyInstanceUids: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, OpenTransfers>> {
  const studies = [...studyInstanceUids];
  if (studies.length === 0) {
    return new Map();
  }
  const [deliveries, arrivals, failed] = await Promise.all([
    database.read(
      db
        .selectFrom('delivery')
        .select((column) => ['study_instance_uid', 'state', column.fn.countAll<number>().as('count')])
        .where('study_instance_uid', 'in', studies)
        .where(OPEN)
        .groupBy(['study_instance_uid', 'state']),
    ),
    database.read(
      db
        .selectFrom('arrival')
        .select((column) => ['study_instance_uid', column.fn.countAll<number>().as('count')])
        .where('study_instance_uid', 'in', studies)
        .groupBy('study_instance_uid'),
    ),
    database.read(notCommitted(studies, most)),
  ]);
  const found = new Map<string, { waiting: number; aside: number; notCommitted: string[] }>();
  const of = (study: string) => {
    const known = found.get(study) ?? { waiting: 0, aside: 0, notCommitted: [] };
    found.set(study, known);
    return known;
  };
  for (const { study_instance_uid, state, count } of deliveries) {
    of(study_instance_uid)[state === 'aside' ? 'aside' : 'waiting'] += count;
  }
  for (const { study_instance_uid, count } of arrivals) {
    of(study_instance_uid).waiting += count;
  }
  for (const { study_instance_uid, sop_instance_uid } of failed) {
    of(study_instance_uid).notCommitted.push(sop_instance_uid);
  }
  return found;
}

/** Studies that something is open of, each once. */
export async function openStudies(
  database: RouterDatabase,
  which: 'problem' | 'waiting',
  most: number,
): Promise<readonly string[]> {
  const deliveries = db.selectFrom('delivery').select('study_instance_uid').distinct().where(OPEN);
  const lists = await Promise.all(
    which === 'problem'
      ? [
          database.read(deliveries.where('state', '=', 'aside').limit(most)),
          database.read(
            db
              .selectFrom('committed_instance')
              .select('study_instance_uid')
              .distinct()
              .where('failure', 'is not', null)
              .limit(most),
          ),
        ]
      : [
          database.read(deliveries.where('state', 'in', ['queued', 'sending']).limit(most)),
          database.read(db.selectFrom('arrival').select('study_instance_uid').distinct().limit(most)),
        ],
  );
  return [...new Set(lists.flat().map((row) => row.study_instance_uid))];
}
