import type { Association } from './association.ts';

/**
 * A byte sink that cuts what is written into fragments of one presentation context. The last fragment carries the mark, so one
 * is always held back until `end`.
 */
export class PDataWriter {
  readonly #association: Association;
  readonly #contextId: number;
  readonly #command: boolean;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(association: Association, contextId: number, command: boolean) {
    this.#association = association;
    this.#contextId = contextId;
    this.#command = command;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const max = this.#association.maxFragmentBytes;
    let rest = bytes;
    while (this.#heldBytes + rest.byteLength > max) {
      const room = max - this.#heldBytes;
      this.#hold(rest.subarray(0, room));
      rest = rest.subarray(room);
      await this.#send(false);
    }
    this.#hold(rest);
  }

  async end(): Promise<void> {
    await this.#send(true);
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.byteLength;
    }
  }

  async #send(last: boolean): Promise<void> {
    const parts = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    await this.#association.write(this.#contextId, this.#command, last, parts);
  }
}
