import { useEffect } from 'preact/hooks';
import { orderChanges } from '../app/live.ts';
import type { Loaded } from '../app/use-loaded.ts';

/** What comes together is asked for once. */
const SETTLES_MS = 1_000;

/** Loads again soon after an order, or a study that has one, changed. */
export function useOrderChanges(loaded: Loaded<unknown>): void {
  const changes = orderChanges.value;
  useEffect(() => {
    if (loaded.value !== undefined) {
      const timer = setTimeout(loaded.reload, SETTLES_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [changes]);
}
