import { stat, statfs } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { QueueLengths } from '../queues.ts';

export interface DataSources {
  readonly dataDir: string;
  /** Those that are files. */
  readonly databases: readonly { readonly name: string; readonly file: string }[];
  /** C-STORE outcomes, counted. */
  readonly stores: ReadonlyMap<string, number>;
  readonly associations: () => number;
  readonly silentMachines: () => number;
  readonly queues: () => Promise<QueueLengths>;
}

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
      this.set(sources.associations());
    },
  });
  new Gauge({
    name: 'filmless_machines_silent',
    help: 'Listed machines that did not call in hours in which they usually do.',
    registers: [registry],
    collect() {
      this.set(sources.silentMachines());
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
  const disk = (name: string, help: string, read: (blocks: { readonly bavail: number; readonly blocks: number }) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figures = await statfs(dataDir);
        this.set(read(figures) * figures.bsize);
      },
    });
  disk('filmless_disk_size_bytes', 'Disk of the data directory.', ({ blocks }) => blocks);
  disk('filmless_disk_free_bytes', 'What the server may still use of it.', ({ bavail }) => bavail);
}

/**
 * NOTE: sizes come from `stat` alone. Opening and closing a database file in the server's process would let go of the locks that
 * SQLite holds on it: they belong to the process, not to the descriptor (fcntl, POSIX).
 */
function addDatabases(registry: Registry, { databases }: DataSources): void {
  const sizes = (name: string, help: string, suffix: string) =>
    new Gauge({
      name,
      help,
      labelNames: ['database'],
      registers: [registry],
      async collect() {
        for (const { name: database, file } of databases) {
          this.set({ database }, await sizeOf(file + suffix));
        }
      },
    });
  sizes('filmless_database_bytes', 'File of a database, without its write-ahead log.', '');
  sizes('filmless_database_wal_bytes', 'Write-ahead log of a database.', '-wal');
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
