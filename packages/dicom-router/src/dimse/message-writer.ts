import type { AcceptedContext, Association } from '../ul/association.ts';
import type { CommandSet } from './command-set.ts';
import { writeMessage } from './message.ts';

/** Writes messages on one association, each whole before the next: their fragments must not mix. PS3.7 6.3.1. */
export class MessageWriter {
  readonly #association: Association;
  #writing: Promise<void> | undefined;

  constructor(association: Association) {
    this.#association = association;
  }

  /** Resolves when there is room for more. @throws what ends an association, and what the data set throws */
  async write(context: AcceptedContext, command: CommandSet, dataSet?: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    while (this.#writing !== undefined) {
      await this.#writing;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    try {
      await writeMessage(this.#association, context.id, command, dataSet);
    } finally {
      this.#writing = undefined;
      resolve();
    }
  }
}
