/**
 * For measurements of large archives. `node bulk-load.ts FILE STUDIES` makes an index of so many studies, of five instances on average, without
 * objects. `node bulk-load.ts FOLDER/ STUDIES` writes the same instances as files without pixels, for others. A line of JSON tells what it made.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TAG } from '@filmless/dicom';
import { BulkLoader } from './bulk-loader.ts';
import { largeArchive } from './large-archive.ts';
import { fileOf } from './objects.ts';
import { SqliteFiller } from './sqlite-filler.ts';

const STUDIES_A_COMMIT = 5_000;

function load(file: string, studies: number): void {
  const began = performance.now();
  mkdirSync(dirname(file), { recursive: true });
  let instances = 0;
  {
    using sqlite = new SqliteFiller(file);
    const loader = new BulkLoader(sqlite);
    const source = largeArchive(studies);
    for (let done = false; !done; ) {
      sqlite.transaction(() => {
        for (let next = source.next(), left = STUDIES_A_COMMIT; ; next = source.next()) {
          done = next.done === true;
          if (next.done === true) {
            return;
          }
          loader.add(next.value);
          left -= 1;
          if (left === 0) {
            return;
          }
        }
      });
    }
    loader.rest();
    instances = loader.instances;
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ studies, instances, seconds, bytes: statSync(file).size }));
}

function writeFiles(folder: string, studies: number): void {
  mkdirSync(folder, { recursive: true });
  let instances = 0;
  for (const { series } of largeArchive(studies)) {
    for (const one of series) {
      for (let number = 1; number <= one.instances; number += 1) {
        const { [TAG.PixelData]: _pixels, ...header } = one.instance(number).header;
        instances += 1;
        writeFileSync(join(folder, `${String(instances).padStart(8, '0')}.dcm`), fileOf(header));
      }
    }
  }
  console.log(JSON.stringify({ studies, instances }));
}

const [, , target = '', studies = '2000'] = process.argv;
if (target.endsWith('/')) {
  writeFiles(target, Number(studies));
} else {
  load(target, Number(studies));
}
