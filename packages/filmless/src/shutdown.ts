import type { Log } from '@filmless/access';

/** Where the wish to end comes from. */
export interface EndSignals {
  readonly on: (event: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'disconnect', listener: () => void) => unknown;
  readonly exit: (code: number) => void;
  /** There is a channel to the parent: when it breaks, the parent is gone. */
  readonly hasChannel: boolean;
}

export interface EndOptions {
  readonly signals: EndSignals;
  readonly log: Log;
  /** Milliseconds until the end is forced. */
  readonly patience: number;
}

const ECHO_MS = 1000;

/**
 * Resolves when the process should end: SIGTERM, Ctrl-C, its terminal closed, or the parent gone (npm does not pass SIGTERM on). A second wish
 * ends at once, and so does an end that takes too long; what was acknowledged is on disk in any case. One wish may come twice:
 * a terminal signals the whole group of processes, and the parent passes it on; echoes within `ECHO_MS` are one wish.
 */
export function endRequested({ signals, log, patience }: EndOptions): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = (why: string, again: boolean) => {
      if (askedAt !== undefined) {
        if (again && performance.now() - askedAt > ECHO_MS) {
          log.warn({ why }, 'ended at once');
          signals.exit(130);
        }
        return;
      }
      askedAt = performance.now();
      log.info({ why }, 'stopping');
      setTimeout(() => {
        log.warn({ patience }, 'stopping took too long; ended at once');
        signals.exit(1);
      }, patience).unref();
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      signals.on(signal, () => ask(signal, true));
    }
    if (signals.hasChannel) {
      signals.on('disconnect', () => ask('the parent process is gone', false));
    }
  });
}
