interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** A bounded memory whose entries end by themselves; the oldest gives way. */
export class ExpiringCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #options: { readonly most: number; readonly lifetime: number; readonly clock: () => number };

  constructor(options: { readonly most: number; readonly lifetime: number; readonly clock: () => number }) {
    this.#options = options;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      return undefined;
    }
    if (entry.until <= this.#options.clock()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry.value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#options.most) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) {
        this.#entries.delete(oldest.value);
      }
    }
    this.#entries.set(key, { value, until: this.#options.clock() + this.#options.lifetime });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
