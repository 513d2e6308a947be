import type { AcceptedContext, Association } from '../ul/association.ts';
import { type CommandSet, encodeCommand, GROUP_LENGTH_BYTES } from './command-set.ts';
import { type OutgoingDataSet, type WholeMessage, writeMessage, writeMessages } from './message.ts';

/** The beginning of a message that went out before its turn; the rest follows by `write`. */
export interface Beginning {
  readonly written: Promise<void>;
  /** Lets others write, once the message is whole. */
  readonly release: () => void;
}

/** Writes messages on one association, each whole before the next: their fragments must not mix. PS3.7 6.3.1. */
export class MessageWriter {
  readonly #association: Association;
  #writing: Promise<void> | undefined;

  constructor(association: Association) {
    this.#association = association;
  }

  /**
   * Writes what a command begins with whatever its message id will be: its group length. Nothing else is written until its rest is.
   * Undefined when a message is being written.
   */
  begin(context: AcceptedContext, command: CommandSet): Beginning | undefined {
    if (this.#writing !== undefined || this.#association.maxFragmentBytes < GROUP_LENGTH_BYTES) {
      return undefined;
    }
    const release = this.#lock();
    const parts = [encodeCommand(command).subarray(0, GROUP_LENGTH_BYTES)];
    const written = this.#association.write([{ contextId: context.id, command: true, last: false, parts }]);
    // Who writes the rest is told.
    written.catch(() => undefined);
    return { written, release };
  }

  /** Resolves when the system has taken it. @throws what ends an association, and what the data set throws */
  async write(context: AcceptedContext, command: CommandSet, dataSet?: OutgoingDataSet, beginning?: Beginning): Promise<void> {
    while (beginning === undefined && this.#writing !== undefined) {
      await this.#writing;
    }
    const release = beginning?.release ?? this.#lock();
    try {
      await beginning?.written;
      await writeMessage(this.#association, context.id, command, dataSet, beginning === undefined ? 0 : GROUP_LENGTH_BYTES);
    } finally {
      release();
    }
  }

  /** Writes whole messages together. Resolves when the system has taken them. @throws what ends an association */
  async writeAll(context: AcceptedContext, messages: readonly WholeMessage[]): Promise<void> {
    while (this.#writing !== undefined) {
      await this.#writing;
    }
    const release = this.#lock();
    try {
      await writeMessages(this.#association, context.id, messages);
    } finally {
      release();
    }
  }

  #lock(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    return () => {
      this.#writing = undefined;
      resolve();
    };
  }
}
