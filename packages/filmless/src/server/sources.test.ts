import { createApi } from '@filmless/access';
import { expect, it } from 'vitest';
import { NO_TRANSFERS, startDouble } from '../../test/doubles.ts';
import { freePort } from '../../test/support/storescp.ts';
import { gatherHealth } from './health.ts';
import { watchQueues } from './queues.ts';
import { healthSources } from './sources.ts';

it('warns of deliveries that were given up, and finds that nobody listens at the DICOM port', async () => {
  await using started = await startDouble();
  const { filmless, config, log } = started;
  const app = createApi(log);
  let asked = 0;
  app.get('/api/queues', (c) => {
    asked += 1;
    return c.json({
      queues: [
        { destination: 'a', queued: 4, sending: 1, done: 9, aside: 2 },
        { destination: 'b', aside: 1 },
      ],
    });
  });
  const port = await freePort();
  const router = {
    app,
    dicomTlsPort: undefined,
    renewTls: () => undefined,
    dicomPort: port,
    associations: 0,
    transfers: NO_TRANSFERS,
    deliveriesOf: async () => ({ open: false, changed: new Set<string>() }),
    silentMachines: () => 0,
    astray: () => undefined,
    problems: () => [],
    arrived: async () => undefined,
    warnings: () => ['a word'],
    [Symbol.asyncDispose]: async () => undefined,
  };
  const access = { app, problems: () => [] };
  const health = await gatherHealth(
    healthSources({ config, access, archive: filmless.archive, router, queues: watchQueues(router) }),
  );
  expect(asked).toBe(1);
  expect(health.problems).toEqual([`Nobody listens at the DICOM port ${port} any more. Restart the server; its log says why.`]);
  expect(health.warnings.filter((words) => !words.includes('disk'))).toEqual([
    'a word',
    '3 deliveries to other nodes were given up and wait for a person: GET /api/queues shows where, POST /api/queues/{destination}/retry tries again.',
  ]);
});
