import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceptionLimits } from '@filmless/disk';
import { createRouter, type Router, type RouterOptions } from '../src/index.ts';
import { CountedReception } from './counted-reception.ts';
import { DepositFolder } from './deposit-folder.ts';
import { KeptLog } from './kept-log.ts';
import { OpenAccess } from './open-access.ts';

/** A whole router on a free port, over a folder of its own. */
export interface OpenedRouter extends AsyncDisposable {
  readonly router: Router;
  readonly deposit: DepositFolder;
  readonly reception: CountedReception;
  readonly access: OpenAccess;
  readonly log: KeptLog;
  readonly folder: string;
  /** Calls its API as the administrator; gives status and body. */
  api(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
}

export async function openRouter(
  changes: Partial<RouterOptions> = {},
  receptionLimits: Partial<ReceptionLimits> = {},
): Promise<OpenedRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-router-'));
  const reception = await CountedReception.open(join(folder, 'incoming'), receptionLimits);
  const deposit = await DepositFolder.open(join(folder, 'kept'), reception);
  const access = new OpenAccess();
  const log = new KeptLog();
  const router = await createRouter({
    host: '127.0.0.1',
    port: 0,
    aeTitle: 'FILMLESS',
    dataDir: folder,
    reception,
    deposit: deposit.deposit,
    archiveFetch: () => Promise.resolve(new Response(null, { status: 503 })),
    access,
    log,
    unknownAes: ['echo', 'store'],
    defaultFacility: 'main',
    ...changes,
    limits: { closeMs: 500, ...changes.limits },
  });
  return {
    router,
    deposit,
    reception,
    access,
    log,
    folder,
    api: async (method, path, body) => {
      const response = await router.app.request(
        path,
        {
          method,
          headers: { authorization: 'Bearer word', 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        { remoteAddress: '127.0.0.1', secure: false },
      );
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: async () => {
      await router[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
