import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi, type Log } from '@filmless/access';
import type { Archive, Copies, Transfers } from '@filmless/archive';
import type { Router } from '@filmless/dicom-router';
import { streamSSE } from 'hono/streaming';
import { loadConfig } from '../src/config/load.ts';
import type { Config } from '../src/config/model.ts';
import { createFilmless, type Filmless, type Parts } from '../src/index.ts';
import { NO_RECEPTION } from '../src/server/no-reception.ts';

/** A router that knows nothing of any study. */
export const NO_TRANSFERS: Transfers = {
  open: async () => new Map(),
  of: async () => ({ commitments: [], notCommitted: [], deliveries: [], undecided: 0 }),
  studies: async () => [],
};

export const ADMIN_TOKEN = 'a-token-for-scripts-0123456789';

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly event: string;
}

export function memoryLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, event: string) => {
    lines.push({ level, fields, event });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

const NO_COPIES: Copies = {
  quiet: async () => [],
  instances: () => ReadableStream.from([]),
  remove: async () => false,
  removed: {
    find: async () => undefined,
    list: async () => [],
    total: async () => ({ studies: 0, instances: 0, bytes: 0, at: null }),
  },
};

/** An archive and a router that do nothing but answer. */
export function doubleParts(more: { readonly events?: string[]; readonly problems?: readonly string[] } = {}): Parts {
  const events = more.events ?? [];
  return {
    async openArchive({ access, log }): Promise<Archive> {
      const app = createApi(log);
      app.get('/api/studies', access.guard('view'), (c) => c.json({ studies: [] }));
      app.get('/api/events', access.guard('view'), (c) =>
        streamSSE(c, async (stream) => {
          await stream.writeSSE({ event: 'study', data: '{}' });
          await new Promise<void>((resolve) => stream.onAbort(resolve));
        }),
      );
      app.post('/dicom-web/studies', access.guard('upload'), async (c) => {
        let size = 0;
        for await (const chunk of c.req.raw.body ?? []) {
          size += chunk.byteLength;
        }
        return c.json({ size });
      });
      app.get('/dicom-web/breaks', access.guard('view'), (c) => {
        let pieces = 0;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            pieces += 1;
            if (pieces === 3) {
              throw new Error('the disk broke');
            }
            controller.enqueue(new Uint8Array(1000));
          },
        });
        return c.body(body);
      });
      app.get('/dicom-web/endless', access.guard('view'), (c) => {
        const body = new ReadableStream<Uint8Array>({
          pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          cancel: () => {
            events.push('download abandoned');
          },
        });
        return c.body(body);
      });
      app.get('/api/fails', access.guard('view'), () => {
        throw new Error('secret detail of the inside');
      });
      return {
        app,
        reception: NO_RECEPTION,
        copies: NO_COPIES,
        adopt: async () => ({ status: 'refused', reason: 'away', message: 'a double' }),
        refused: () => undefined,
        changed: () => undefined,
        isEmpty: async () => true,
        problems: async () => more.problems ?? [],
        [Symbol.asyncDispose]: async () => {
          events.push('archive closed');
        },
      };
    },
    async openRouter({ log }): Promise<Router> {
      // Readiness knocks at the port.
      const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const address = listener.address();
      return {
        app: createApi(log),
        dicomTlsPort: undefined,
        renewTls: () => undefined,
        dicomPort: address === null || typeof address === 'string' ? 0 : address.port,
        associations: 0,
        transfers: NO_TRANSFERS,
        deliveriesOf: async () => ({ open: false, changed: new Set() }),
        silentMachines: () => 0,
        astray: () => undefined,
        problems: () => [],
        arrived: async () => undefined,
        [Symbol.asyncDispose]: async () => {
          listener.close();
          events.push('router closed');
        },
      };
    },
  };
}

export interface Started extends AsyncDisposable {
  readonly folder: string;
  readonly filmless: Filmless;
  readonly log: ReturnType<typeof memoryLog>;
  readonly config: Config;
}

/** A Filmless on free ports in a folder of its own. */
export async function startDouble(
  words: readonly string[] = [],
  options: { readonly parts?: Parts; readonly viewerFolder?: string } = {},
): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-'));
  const config = loadConfig({
    arguments: ['--http-port=0', '--dicom-port=0', ...words],
    environment: { FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN },
    workingDirectory: folder,
  });
  const log = memoryLog();
  const filmless = await createFilmless({ config, log, parts: doubleParts(), ...options });
  return {
    folder,
    filmless,
    log,
    config,
    [Symbol.asyncDispose]: async () => {
      await filmless[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
