import type { Scope } from '@filmless/access';
import type { StoredInstance, Target } from '../core/model.ts';

/** Instances that are remembered, 1 kB each. */
const MOST = 512;
/** For so many milliseconds where the caller's reach may end by itself: a share that ended is seen no longer than this. */
const NAMED_MS = 1000;

/**
 * Instances that were looked up last: whoever looks at one asks for its frames, its file and its picture one after the other, and
 * asking the thread of the index takes longer than reading the file. Forgotten with every change but a new instance.
 */
export class Lookups {
  readonly #kept = new Map<string, { readonly instance: StoredInstance; readonly until: number }>();
  #changes = 0;

  /** To be handed to `remember`: what was asked before a change is not remembered after it. */
  get changes(): number {
    return this.#changes;
  }

  find(target: Required<Target>, scope: Scope): StoredInstance | undefined {
    const key = keyOf(target, scope);
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.until > performance.now()) {
      return kept?.instance;
    }
    this.#kept.delete(key);
    return undefined;
  }

  remember(changes: number, target: Required<Target>, scope: Scope, instance: StoredInstance): void {
    if (changes !== this.#changes) {
      return;
    }
    const until = scope.facilities === 'all' ? Number.POSITIVE_INFINITY : performance.now() + NAMED_MS;
    const key = keyOf(target, scope);
    this.#kept.delete(key);
    this.#kept.set(key, { instance, until });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
  }

  forget(): void {
    this.#changes += 1;
    this.#kept.clear();
  }
}

/** UIDs and names of facilities have no line ends. */
function keyOf({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: Required<Target>, { facilities }: Scope): string {
  const reach = facilities === 'all' ? [] : ['of', ...facilities];
  return [studyInstanceUid, seriesInstanceUid, sopInstanceUid, ...reach].join('\n');
}
