import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A long form shows what has to be mended: after each `attempt` the first fault of its dialog is scrolled to. The ref is for anything in it. */
export function useFaultInSight(attempt: number): RefObject<HTMLSpanElement | null> {
  const anywhere = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (attempt > 0) {
      const fault = anywhere.current?.closest('dialog')?.querySelector('.field-error, .notice-danger');
      fault?.scrollIntoView({ block: 'center' });
    }
  }, [attempt]);
  return anywhere;
}
