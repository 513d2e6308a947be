import { useEffect } from 'preact/hooks';
import { useApp } from './context.ts';

/** Reads how the person works and what holds for the hospital, each time somebody signed in. */
export function useSettings(): void {
  const { session, settings } = useApp();
  const epoch = session.epoch.value;
  useEffect(() => {
    void settings.read();
  }, [epoch]);
}
