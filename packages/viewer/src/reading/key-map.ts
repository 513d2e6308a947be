import type { KeyName } from './keys.ts';

/** Keys a person gave to actions, by the action's id; an empty list takes the key away. */
export type OwnKeys = Readonly<Record<string, readonly KeyName[]>>;

/** What can have a key. */
interface Keyed {
  readonly id: string;
  readonly keys: readonly KeyName[];
}

/** The keys of an action: the person's own, else those it comes with. */
export function keysOf({ id, keys }: Keyed, own: OwnKeys): readonly KeyName[] {
  return own[id] ?? keys;
}

/** Whose key it is; of two that claim it the first. */
export function holderOf<T extends Keyed>(key: KeyName, actions: readonly T[], own: OwnKeys): T | undefined {
  return actions.find((action) => keysOf(action, own).includes(key));
}

/** Keys that more than one action claims, and who they are: an update may give a new action a key a person had chosen. */
export function conflicts<T extends Keyed>(actions: readonly T[], own: OwnKeys): ReadonlyMap<KeyName, readonly T[]> {
  const holders = new Map<KeyName, T[]>();
  for (const action of actions) {
    for (const key of keysOf(action, own)) {
      holders.set(key, [...(holders.get(key) ?? []), action]);
    }
  }
  return new Map([...holders].filter(([, claimed]) => claimed.length > 1));
}

/** Gives a key to one action, in place of those it had, and takes it from whoever has it. */
export function withKey(own: OwnKeys, id: string, key: KeyName, actions: readonly Keyed[]): OwnKeys {
  const losers = actions.filter((action) => action.id !== id && keysOf(action, own).includes(key));
  const without = losers.map((action) => [action.id, keysOf(action, own).filter((held) => held !== key)] as const);
  return trimmed({ ...own, ...Object.fromEntries(without), [id]: [key] }, actions);
}

/** Back to the keys the action comes with; whoever else holds one of them now keeps it. */
export function withoutOwnKeys(own: OwnKeys, id: string): OwnKeys {
  return Object.fromEntries(Object.entries(own).filter(([other]) => other !== id));
}

/** What is as it comes need not be kept. */
function trimmed(own: OwnKeys, actions: readonly Keyed[]): OwnKeys {
  const same = (action: Keyed): boolean => keysOf(action, own).join(' ') === action.keys.join(' ');
  const asTheyCome = new Set(actions.filter(same).map(({ id }) => id));
  return Object.fromEntries(Object.entries(own).filter(([id]) => !asTheyCome.has(id)));
}
