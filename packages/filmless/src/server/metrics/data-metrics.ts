import { stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { QueueLengths } from '../queues.ts';

export interface DataSources {
  readonly dataDir: string;
  readonly indexFile: string;
  /** C-STORE outcomes, counted. */
  readonly stores: ReadonlyMap<string, number>;
  /** Undefined when the router does not tell. */
  readonly associations: () => number | undefined;
  readonly queues: () => Promise<QueueLengths>;
}

const RECORDS = ['access', 'archive', 'router'] as const;

/** Figures of what is kept: they tell of every facility, so only those who reach all see them. */
export function addDataMetrics(registry: Registry, sources: DataSources): void {
  addStores(registry, sources);
  addDeliveries(registry, sources);
  addDisk(registry, sources);
  addDatabases(registry, sources);
  new Gauge({
    name: 'filmless_associations_open',
    help: 'DICOM associations at this moment.',
    registers: [registry],
    collect() {
      const open = sources.associations();
      if (open === undefined) {
        this.remove();
      } else {
        this.set(open);
      }
    },
  });
}

function addStores(registry: Registry, { stores }: DataSources): void {
  new Counter({
    name: 'filmless_stores_total',
    help: 'Instances received by C-STORE, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of stores) {
        this.inc({ outcome }, count);
      }
    },
  });
}

function addDeliveries(registry: Registry, { queues }: DataSources): void {
  new Gauge({
    name: 'filmless_deliveries',
    help: 'Deliveries to other nodes: waiting, being sent, or set aside for a person.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries(await queues())) {
        this.set({ state }, count);
      }
    },
  });
}

function addDisk(registry: Registry, { dataDir }: DataSources): void {
  const registers = [registry];
  const size = new Gauge({ name: 'filmless_disk_size_bytes', help: 'Disk of the data directory.', registers });
  new Gauge({
    name: 'filmless_disk_free_bytes',
    help: 'What the server may still use of it.',
    registers,
    async collect() {
      const { bavail, blocks, bsize } = await statfs(dataDir);
      this.set(bavail * bsize);
      size.set(blocks * bsize);
    },
  });
}

/**
 * NOTE: sizes come from `stat` alone. Opening and closing a database file in the server's process would let go of the locks that
 * SQLite holds on it: they belong to the process, not to the descriptor (fcntl, POSIX).
 */
function addDatabases(registry: Registry, { dataDir, indexFile }: DataSources): void {
  const registers = [registry];
  const labelNames = ['database'] as const;
  const files = [...RECORDS.map((name) => join(dataDir, 'records', `${name}.db`)), indexFile];
  const wal = new Gauge({ name: 'filmless_database_wal_bytes', help: 'Write-ahead log of a database.', labelNames, registers });
  new Gauge({
    name: 'filmless_database_bytes',
    help: 'File of a database, without its write-ahead log.',
    labelNames,
    registers,
    async collect() {
      for (const file of files) {
        const database = file === indexFile ? 'index' : basename(file, '.db');
        this.set({ database }, await sizeOf(file));
        wal.set({ database }, await sizeOf(`${file}-wal`));
      }
    },
  });
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
