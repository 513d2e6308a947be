import { useEffect, useState } from 'preact/hooks';
import { isAbort } from '../api/failure.ts';
import { useApp } from './context.ts';

export interface Loaded<T> {
  /** The last answer; stays while it is asked for again. */
  readonly value: T | undefined;
  readonly problem: unknown;
  reload(): void;
}

/** What a page shows, fetched when it opens, after every change, and after signing in again. `load` must belong to `key`. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const { session } = useApp();
  const [value, setValue] = useState<T | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);
  const epoch = session.epoch.value;
  useEffect(() => {
    const request = new AbortController();
    setProblem(undefined);
    load(request.signal).then(
      (answer) => setValue(() => answer),
      (error: unknown) => {
        if (!isAbort(error)) {
          setProblem(error);
        }
      },
    );
    return () => request.abort();
  }, [key, turn, epoch]);
  return { value, problem, reload: () => setTurn((before) => before + 1) };
}
