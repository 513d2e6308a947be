import { sql } from 'kysely';
import type { AddArgs } from '../../src/index/arguments.ts';
import { packText } from '../../src/index/codec.ts';
import { query } from '../../src/index/predicates.ts';
import { procedures } from '../../src/index/procedures.ts';
import { addArgs } from '../../src/index/rows.ts';
import * as statements from '../../src/index/statements.ts';
import { type LargeSeries, type LargeStudy, placeOf } from './large-archive.ts';
import type { SqliteFiller } from './sqlite-filler.ts';

interface SeriesIds {
  readonly id: number;
  readonly series_id: number;
}

/**
 * Writes what the index would have written, quicker: the first instance of each series is added by the product's own procedure, its like are
 * inserted behind it and counted once.
 */
export class BulkLoader {
  readonly #filler: SqliteFiller;
  instances = 0;

  constructor(filler: SqliteFiller) {
    this.#filler = filler;
  }

  add(study: LargeStudy): void {
    for (const series of study.series) {
      this.#addSeries(series);
    }
    if (study.sharedWith !== undefined) {
      const { studyInstanceUid: study_instance_uid, facility: owner, sharedWith: facility } = study;
      this.#filler.steps(procedures.setReach({ study_instance_uid, owner, facility, expires_at: null }));
    }
  }

  /** As after a while: what is made of series at rest would ask for their objects, which there are none of. */
  rest(): void {
    this.#filler.run(query(sql`DELETE FROM series_work`));
  }

  #addSeries(series: LargeSeries): void {
    const args = addArgs(series.instance(1));
    this.#filler.steps(procedures.add(args));
    this.instances += series.instances;
    if (series.instances === 1) {
      return;
    }
    const [row] = this.#filler.run(
      statements.findSeries({ study: args.study_instance_uid, series: args.series_instance_uid }),
    ) as readonly [SeriesIds];
    const header = headerOf(args.header, series.names(1).sop);
    const layout = packText(args.layout);
    for (let number = 2; number <= series.instances; number += 1) {
      const { sop, sha256, receivedAt, objectKey } = series.names(number);
      const names = { sop_instance_uid: sop, sha256, received_at: receivedAt, object_key: objectKey };
      const instance = { ...args.instance, ...names, number, position: number, series_id: row.series_id };
      const [{ id }] = this.#filler.run(statements.insertInstance(instance)) as readonly [{ readonly id: number }];
      this.#filler.run(statements.insertHeader({ id, header: packText(header(sop, number)), layout }));
    }
    this.#count(row, series, args);
  }

  /** All but the first. */
  #count(row: SeriesIds, series: LargeSeries, { instance: first, facility }: AddArgs): void {
    const more = series.instances - 1;
    const counts = { studies: 0, series: 0, instances: more, bytes: more * first.size };
    this.#filler.run(statements.count({ id: row.id, facility, ...counts }));
    const last = series.names(series.instances).receivedAt;
    this.#filler.run(
      query(sql`UPDATE series SET instance_count = instance_count + ${more}, changes = changes + ${more}, frame_count = frame_count + ${more * first.frame_count}
        WHERE id = ${row.series_id}`),
    );
    this.#filler.run(
      query(sql`UPDATE study SET instance_count = instance_count + ${more}, bytes = bytes + ${more * first.size},
        updated_at = max(updated_at, ${last}) WHERE id = ${row.id}`),
    );
  }
}

/** The header of each instance of a series from that of the first: what differs is put in its place. */
function headerOf(first: string, sop: string): (sop: string, number: number) => string {
  const places = [
    { text: JSON.stringify(sop), value: (uid: string, _number: number) => JSON.stringify(uid) },
    { text: '"00200013":{"vr":"IS","Value":[1]', value: (_uid: string, at: number) => `"00200013":{"vr":"IS","Value":[${at}]` },
    {
      text: `"00201041":{"vr":"DS","Value":[${placeOf(1)}]`,
      value: (_uid: string, at: number) => `"00201041":{"vr":"DS","Value":[${placeOf(at)}]`,
    },
  ];
  const parts: string[] = [];
  const values: ((uid: string, at: number) => string)[] = [];
  let rest = first;
  for (const { text, value } of places) {
    const at = rest.indexOf(text);
    if (at >= 0) {
      parts.push(rest.slice(0, at));
      values.push(value);
      rest = rest.slice(at + text.length);
    }
  }
  return (uid, number) => parts.map((part, index) => part + (values[index]?.(uid, number) ?? '')).join('') + rest;
}
