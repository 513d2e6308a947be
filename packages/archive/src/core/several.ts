/** Works on so many values at a time, begun in their order; no more are asked for ahead. `work` does not throw. */
export async function several<T>(
  values: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const value of values) {
    const one = work(value).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) {
      await Promise.race(running);
    }
  }
  await Promise.all(running);
}
