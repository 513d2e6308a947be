/**
 * Works on `most` items at a time and gives each with its result, in their order. When the loop over it is left early, or an item
 * fails, what is under way is awaited and given to `discard`.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
  discard?: (result: Result) => Promise<void>,
): AsyncGenerator<readonly [Item, Result], void, void> {
  const open: (readonly [Item, Promise<Result>])[] = [];
  const next = async function* (least: number): AsyncGenerator<readonly [Item, Result], void, void> {
    for (let first = open[0]; first !== undefined && open.length > least; first = open[0]) {
      const result = await first[1];
      void open.shift();
      yield [first[0], result];
    }
  };
  try {
    for await (const item of items) {
      const result = work(item);
      // Whoever awaits it is told that it failed.
      result.catch(() => undefined);
      open.push([item, result]);
      yield* next(most - 1);
    }
    yield* next(0);
  } finally {
    const left = await Promise.allSettled(open.map(([, result]) => result));
    for (const result of left) {
      if (result.status === 'fulfilled') {
        await discard?.(result.value);
      }
    }
  }
}
