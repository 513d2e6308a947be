import { useState } from 'preact/hooks';

export interface Sending {
  readonly busy: boolean;
  readonly problem: unknown;
  /** Runs an action; true when it came through. */
  run(action: () => Promise<void>): Promise<boolean>;
}

/** The state of a form that is being sent. */
export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const run = async (action: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await action();
      return true;
    } catch (error) {
      setProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
