/**
 * For measurements of searching. `node fill-index.ts FILE STUDIES INSTANCES [LARGE]` makes an index of that size without objects,
 * and one more study with LARGE instances in one series; `node fill-index.ts FOLDER/ STUDIES [NEWEST]` writes the first instance
 * of each of the same studies, or of the newest, and of the one more, as a file, for others.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { firstText, TAG, writeDataSet, writeFileMeta } from '@filmless/dicom';
import { layoutText, packText } from '../../src/index/codec.ts';
import { procedures } from '../../src/index/procedures.ts';
import { addArgs } from '../../src/index/rows.ts';
import * as statements from '../../src/index/statements.ts';
import { type LargeStudy, largeStudy } from './large-study.ts';
import { randomOf } from './search-cases.ts';
import { SqliteFiller } from './sqlite-filler.ts';

const STUDIES_A_COMMIT = 200;

/** Runs the archive's own statements: what stands in the index afterwards is what storing would have left. */
class Filler {
  readonly #filler: SqliteFiller;

  constructor(filler: SqliteFiller) {
    this.#filler = filler;
  }

  add(study: LargeStudy): void {
    for (const { first, instances } of study.series) {
      const args = addArgs(first);
      this.#filler.steps(procedures.add(args));
      const [row] = this.#filler.run(
        statements.findSeries({ study: args.study_instance_uid, series: args.series_instance_uid }),
      ) as [{ readonly id: number; readonly series_id: number }];
      const header = packText(args.header);
      const layout = packText(layoutText({ bulk: [], frames: first.frames }));
      for (let number = 2; number <= instances; number += 1) {
        const uid = `${args.series_instance_uid}.${number}`;
        const instance = { ...args.instance, sop_instance_uid: uid, number, position: number, object_key: `large/${uid}.dcm` };
        const [{ id }] = this.#filler.run(statements.insertInstance({ ...instance, series_id: row.series_id })) as [
          { readonly id: number },
        ];
        this.#filler.run(statements.insertHeader({ id, header, layout }));
      }
      this.#filler.run(statements.countStudy({ id: row.id, sign: -1 }));
      this.#filler.run(statements.recountSeries({ study_id: row.id }));
      this.#filler.run(statements.recountStudy({ id: row.id }));
      this.#filler.run(statements.countStudy({ id: row.id, sign: 1 }));
    }
  }
}

function writeFiles(folder: string, studies: number, newest: number): void {
  mkdirSync(folder, { recursive: true });
  const day = (index: number) =>
    firstText(largeStudy(index, studies, 1, randomOf).series[0]?.first.header ?? {}, TAG.StudyDate) ?? '';
  const days = Array.from({ length: studies }, (_, index) => ({ index, day: day(index) }));
  const chosen = days.toSorted((a, b) => (a.day === b.day ? a.index - b.index : a.day < b.day ? 1 : -1)).slice(0, newest);
  for (const index of [...chosen.map((one) => one.index), studies]) {
    const [{ first } = { first: undefined }] = largeStudy(index, studies, 1, randomOf).series;
    if (first !== undefined) {
      const { sopClassUid, sopInstanceUid, transferSyntaxUid } = first.instance;
      const meta = { mediaStorageSopClassUid: sopClassUid, mediaStorageSopInstanceUid: sopInstanceUid, transferSyntaxUid };
      const bytes = [writeFileMeta(meta), writeDataSet(first.header, { explicitVr: true })];
      writeFileSync(join(folder, `${String(index).padStart(6, '0')}.dcm`), Buffer.concat(bytes));
    }
  }
}

function fillIndex(file: string, studies: number, instances: number, large: number): void {
  mkdirSync(dirname(file), { recursive: true });
  using sqlite = new SqliteFiller(file);
  const filler = new Filler(sqlite);
  for (let from = 0; from < studies; from += STUDIES_A_COMMIT) {
    sqlite.transaction(() => {
      for (let index = from; index < Math.min(from + STUDIES_A_COMMIT, studies); index += 1) {
        filler.add(largeStudy(index, studies, instances, randomOf));
      }
    });
  }
  const [series] = largeStudy(studies, studies, large, randomOf).series;
  if (large > 0 && series !== undefined) {
    sqlite.transaction(() => filler.add({ series: [{ ...series, instances: large }] }));
  }
}

const [, , target = '', studies = '10000', instances = '100', large = '0'] = process.argv;
if (target.endsWith('/')) {
  writeFiles(target, Number(studies), Number(instances));
} else {
  fillIndex(target, Number(studies), Number(instances), Number(large));
}
