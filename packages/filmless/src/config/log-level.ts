export const LOG_LEVELS = ['info', 'warn', 'error'] as const;

/** The least grave lines of the log that are written. */
export type LogLevel = (typeof LOG_LEVELS)[number];
