import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sync } from '../backup/files.ts';

/** What a gateway knows of the centre over its starts. Times are ISO 8601, UTC. */
export interface GatewayState {
  /** When the centre's orders were taken over last; undefined when never. */
  readonly ordersAsOf?: string;
  /** What machines said of performed steps up to then stands at the centre. */
  readonly stepsThrough?: string;
}

/** In the data directory. */
const FILE = 'gateway.json';

/** What was known at the last stop; nothing where there is no file, or one that is damaged: all is asked for again then. */
export async function readGatewayState(dataDir: string): Promise<GatewayState> {
  try {
    return parseState(JSON.parse(await readFile(join(dataDir, FILE), 'utf8')));
  } catch {
    return {};
  }
}

export async function writeGatewayState(dataDir: string, state: GatewayState): Promise<void> {
  const file = join(dataDir, FILE);
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  await sync(dataDir);
}

function parseState(value: unknown): GatewayState {
  const { ordersAsOf, stepsThrough } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { ...time('ordersAsOf', ordersAsOf), ...time('stepsThrough', stepsThrough) };
}

function time(name: string, value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? { [name]: new Date(value).toISOString() } : {};
}
