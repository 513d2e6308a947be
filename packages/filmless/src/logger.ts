import type { Log } from '@filmless/access';
import { destination, pino } from 'pino';
import type { LogLevel } from './config/log-level.ts';
import type { RequestScope } from './request-scope.ts';

export interface LogOptions {
  readonly level?: LogLevel;
  /** Whose request each line belongs to. */
  readonly scope?: RequestScope;
}

/** The operator's log: JSON lines on stderr, so that stdout holds the ready line alone. */
export function createLog({ level = 'info', scope }: LogOptions = {}): Log {
  const logger = pino(
    {
      base: null,
      level,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => (scope?.current === undefined ? {} : { request: scope.current }),
    },
    destination({ dest: 2, sync: true }),
  );
  return {
    info: (fields, event) => logger.info(fields, event),
    warn: (fields, event) => logger.warn(fields, event),
    error: (fields, event) => logger.error(fields, event),
  };
}
