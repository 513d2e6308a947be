/** Items that are handed out to be worked on in their order; those that were not reported are handed out again. */
export class Unreported<Item> {
  readonly #items: AsyncIterator<Item, void, void>;
  /** Handed out and not reported, the first first. */
  readonly #open: Item[] = [];
  #ended = false;

  constructor(items: AsyncIterator<Item, void, void>) {
    this.#items = items;
  }

  /** The first that was handed out has been dealt with. */
  reported(): void {
    this.#open.shift();
  }

  /** All that is not reported, beginning with what was handed out before. */
  async *all(): AsyncGenerator<Item, void, void> {
    yield* this.#open.slice();
    while (!this.#ended) {
      const next = await this.#items.next();
      if (next.done === true) {
        this.#ended = true;
        return;
      }
      this.#open.push(next.value);
      yield next.value;
    }
  }

  /** The first that is not reported. */
  async *first(): AsyncGenerator<Item, void, void> {
    for await (const item of this.all()) {
      yield item;
      return;
    }
  }

  async close(): Promise<void> {
    await this.#items.return?.();
  }
}
