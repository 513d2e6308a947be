import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listen } from '../api/events.ts';
import { useApp } from './context.ts';

/** True while changes arrive by themselves. */
export const live: Signal<boolean> = signal(true);

/** Counts changes of orders, and of studies which orders have: whoever shows orders asks again when it grows. */
export const orderChanges: Signal<number> = signal(0);

const POLL_MS = 30_000;
/** A short gap is not worth a word on the screen. */
const PATIENCE_MS = 4_000;

/** Listens to the server's events while somebody is signed in; without them the list is asked for now and then. */
export function useLiveUpdates(): void {
  const { session, worklist, marks } = useApp();
  const signedIn = session.phase.value === 'signed-in';
  useEffect(() => {
    if (!signedIn) {
      return undefined;
    }
    let lost: ReturnType<typeof setTimeout> | undefined;
    let gap = false;
    const orderChanged = () => {
      orderChanges.value += 1;
    };
    const refresh = () => {
      marks.refresh();
      worklist.refresh();
      orderChanged();
    };
    void marks.begin();
    const poll = setInterval(() => {
      if (!live.value) {
        refresh();
      }
    }, POLL_MS);
    const stop = listen({
      onStudy: ({ studyInstanceUid, change }) => {
        marks.changed(studyInstanceUid);
        // What is drawn on images is not in the list.
        if (change !== 'marks') {
          worklist.changed();
          orderChanged();
        }
      },
      onOrder: () => {
        worklist.changed();
        orderChanged();
      },
      onLive: (now) => {
        clearTimeout(lost);
        if (now && gap) {
          refresh();
        }
        gap = !now;
        if (now) {
          live.value = true;
        } else {
          lost = setTimeout(() => {
            live.value = false;
          }, PATIENCE_MS);
        }
      },
      onRefused: () => void session.refresh(),
    });
    return () => {
      clearInterval(poll);
      clearTimeout(lost);
      stop();
    };
  }, [signedIn]);
}
