import { useEffect } from 'preact/hooks';

/** After so long without a touch nobody is about to press a row. */
const STILL_MS = 2_500;

/**
 * Tells the list when its rows may move: at its top, and while nobody points at it or uses the keyboard. A row that slips
 * under the finger would open another patient.
 */
export function useResting(
  list: { restsWhen(resting: () => boolean): void },
  scroller: { readonly current: HTMLElement | null },
): void {
  useEffect(() => {
    let touched = 0;
    const touch = () => {
      touched = Date.now();
    };
    const element = scroller.current;
    const events = ['pointermove', 'pointerdown', 'wheel'];
    for (const name of events) {
      element?.addEventListener(name, touch, { passive: true });
    }
    document.addEventListener('keydown', touch);
    list.restsWhen(() => (scroller.current?.scrollTop ?? 0) < 8 && Date.now() - touched > STILL_MS);
    return () => {
      for (const name of events) {
        element?.removeEventListener(name, touch);
      }
      document.removeEventListener('keydown', touch);
      list.restsWhen(() => true);
    };
  }, []);
}
