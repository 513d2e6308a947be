import type { Log } from '@filmless/access';
import { destination, pino } from 'pino';

/** The operator's log: JSON lines on stderr, so that stdout holds the ready line alone. */
export function createLog(): Log {
  const logger = pino(
    { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ dest: 2, sync: true }),
  );
  return {
    info: (fields, event) => logger.info(fields, event),
    warn: (fields, event) => logger.warn(fields, event),
    error: (fields, event) => logger.error(fields, event),
  };
}
