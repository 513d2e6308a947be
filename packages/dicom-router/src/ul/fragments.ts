/** A fragment of a message on its way out. PS3.8 9.3.5.1. */
export interface OutgoingFragment {
  readonly contextId: number;
  readonly command: boolean;
  /** Of its command set or data set. */
  readonly last: boolean;
  readonly parts: readonly Uint8Array[];
}

/**
 * Cuts a command set or a data set that comes in pieces into fragments of one presentation context. The last fragment carries a mark,
 * so the end of a piece that may not be the last is held back: a byte or two, copied, so that what goes out before is of even length and
 * the memory of the piece is free when that is sent.
 */
export class FragmentCutter {
  readonly #contextId: number;
  readonly #command: boolean;
  readonly #maxBytes: number;
  #held: Uint8Array = new Uint8Array(0);
  #begun = false;

  /** `maxBytes` of a fragment: even, and not 0. */
  constructor(contextId: number, command: boolean, maxBytes: number) {
    this.#contextId = contextId;
    this.#command = command;
    this.#maxBytes = maxBytes;
  }

  /** What can be sent once these bytes are there; `last` when none follow. */
  cut(bytes: Uint8Array, last: boolean): OutgoingFragment[] {
    const [held, total] = [this.#held, this.#held.byteLength + bytes.byteLength];
    const kept = last ? 0 : Math.min(total, 2 - (total % 2));
    const end = bytes.byteLength - kept;
    if (end < 0) {
      this.#held = Buffer.concat([held, bytes]);
      return [];
    }
    this.#held = kept === 0 ? NOTHING : new Uint8Array(bytes.subarray(end));
    const fragments: OutgoingFragment[] = [];
    for (let at = 0, first = held; at < end || first.byteLength > 0 || (last && !this.#begun); first = NOTHING) {
      const next = Math.min(end, at + this.#maxBytes - first.byteLength);
      const part = bytes.subarray(at, next);
      fragments.push({
        contextId: this.#contextId,
        command: this.#command,
        last: last && next === end,
        parts: first.byteLength === 0 ? [part] : [first, part],
      });
      this.#begun = true;
      at = next;
    }
    return fragments;
  }
}

const NOTHING = new Uint8Array(0);
