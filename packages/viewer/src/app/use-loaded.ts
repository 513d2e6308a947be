import { useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from '../api/failure.ts';
import { useApp } from './context.ts';

export interface Loaded<T> {
  /** The last answer; stays while it is asked for again. */
  readonly value: T | undefined;
  readonly problem: unknown;
  reload(): void;
  /** The same, but not while an answer is on its way: a slow server would never get to the end of one. */
  refresh(): void;
}

/** What a page shows, fetched when it opens, after every change, and after signing in again. `load` must belong to `key`. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const { session } = useApp();
  const [value, setValue] = useState<T | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [turn, setTurn] = useState(0);
  const pending = useRef(false);
  const epoch = session.epoch.value;
  useEffect(() => {
    const request = new AbortController();
    pending.current = true;
    load(request.signal).then(
      (answer) => {
        pending.current = false;
        setProblem(undefined);
        setValue(() => answer);
      },
      (error: unknown) => {
        if (!isAbort(error)) {
          pending.current = false;
          setProblem(error);
        }
      },
    );
    return () => request.abort();
  }, [key, turn, epoch]);
  const again = () => setTurn((before) => before + 1);
  const reload = () => {
    setProblem(undefined);
    again();
  };
  return { value, problem, reload, refresh: () => (pending.current ? undefined : again()) };
}
