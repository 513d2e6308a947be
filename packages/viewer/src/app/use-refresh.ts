import { useEffect, useRef } from 'preact/hooks';

/** Looks again now and then while somebody sees the page. */
export function useRefresh(reload: () => void, everyMs: number): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        latest.current();
      }
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
