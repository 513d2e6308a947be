import { statfs } from 'node:fs/promises';
import { arch, cpus, freemem, loadavg, platform, release, totalmem, uptime } from 'node:os';
import type { Config } from '../config/model.ts';
import { VERSION } from '../version.ts';

/** Of the machine and the process, for who is asked for help. */
export function environmentFacts(): object {
  return {
    filmless: VERSION,
    node: process.versions.node,
    sqlite: process.versions.sqlite,
    system: `${platform()} ${release()} ${arch()}`,
    processors: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    loadAverage: loadavg(),
    machineUptimeSeconds: Math.round(uptime()),
    processUptimeSeconds: Math.round(process.uptime()),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    time: new Date().toISOString(),
  };
}

/** The settings in force; what is secret is only said to be set. */
export function configurationFacts(config: Config): object {
  const { adminPassword, adminToken, store, index, site, ...rest } = config;
  return {
    ...rest,
    store: withoutSecret(store),
    index: withoutPassword(index),
    adminPassword: adminPassword === undefined ? 'not set' : 'set',
    adminToken: adminToken === undefined ? 'not set' : 'set',
    facilities: site.facilities.length,
    aes: site.aes.length,
    unknownAes: site.unknownAes,
    unknownSopClasses: site.unknownSopClasses,
    deidentificationProfiles: site.deidentification.length,
  };
}

/** Key and secret of an S3 URL are left out, whatever they look like. */
function withoutSecret(store: string): string {
  if (!store.startsWith('s3:')) {
    return store;
  }
  const url = new URL(store);
  return `s3://KEY:SECRET@${url.host}${url.pathname}${url.search}`;
}

/** User, password and whatever stands behind `?` of a PostgreSQL URL likewise. */
function withoutPassword(index: string): string {
  if (index.startsWith('sqlite:')) {
    return index;
  }
  const url = new URL(index);
  return `postgres://USER:PASSWORD@${url.host}${url.pathname}`;
}

export async function diskFacts(dataDir: string): Promise<object> {
  const { bavail, blocks, bsize, files, ffree } = await statfs(dataDir);
  return { sizeBytes: blocks * bsize, freeBytes: bavail * bsize, files, freeFiles: ffree };
}
