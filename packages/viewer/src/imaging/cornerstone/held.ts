/** Things several viewports hold by name at one time; each is forgotten when the last lets go. */
export interface Held<T> {
  get(name: string): T | undefined;
  /** Gives back how to let go. */
  hold(name: string, thing: T): () => void;
}

export function createHeld<T>(): Held<T> {
  const things = new Map<string, { thing: T; holders: number }>();
  return {
    get: (name) => things.get(name)?.thing,
    hold: (name, thing) => {
      const entry = things.get(name) ?? { thing, holders: 0 };
      entry.thing = thing;
      entry.holders += 1;
      things.set(name, entry);
      let holds = true;
      return () => {
        entry.holders -= holds ? 1 : 0;
        holds = false;
        if (entry.holders === 0 && things.get(name) === entry) {
          things.delete(name);
        }
      };
    },
  };
}
