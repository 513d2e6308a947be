import type { Log } from '@filmless/access';
import type { Config } from './config/model.ts';
import type { Filmless } from './server/create-filmless.ts';

export async function sendDemoStudies(_filmless: Filmless, _config: Config, log: Log): Promise<void> {
  log.warn({}, 'no demo studies yet');
}
