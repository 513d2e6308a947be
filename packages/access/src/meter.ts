/** Where the time of an instance or a request goes; each is a histogram in `/metrics` (`filmless_stage_seconds`). */
export type Stage =
  /** From the command to the last byte of the data set, by DIMSE. */
  | 'receive'
  /** Reading the header of a received object. */
  | 'inspect'
  /** Object written and synced. */
  | 'object'
  /** Index row committed and synced. */
  | 'index'
  /** From the last byte of a C-STORE to its response. */
  | 'answer'
  /** A frame read, decoded and, where asked for, rendered; with its wait for a thread. */
  | 'render'
  /** One delivery to a destination. */
  | 'delivery';

/** Takes measurements; must be cheap, and never throws. */
export interface Meter {
  observe(stage: Stage, seconds: number): void;
}

/** For where nobody measures. */
export const NO_METER: Meter = { observe: () => undefined };
