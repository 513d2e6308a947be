import { type ReadonlySignal, signal } from '@preact/signals';

/** Where the browser is, and how to go elsewhere without loading the page anew. */
export interface Navigator {
  /** Path and search part of the address. */
  readonly url: ReadonlySignal<string>;
  go(url: string): void;
  /** Changes the address in place: no step for the back button. */
  replace(url: string): void;
  /** Back to the page one came from within the product, else to `fallback`. */
  back(fallback: string): void;
}

interface Step {
  readonly filmless: number;
}

export function createNavigator(window: Window): Navigator {
  const { history, location } = window;
  const here = () => location.pathname + location.search;
  const url = signal(here());
  const depth = () => (isStep(history.state) ? history.state.filmless : 0);
  const move = (next: string, step: 'pushState' | 'replaceState') => {
    const state: Step = { filmless: depth() + (step === 'pushState' ? 1 : 0) };
    history[step](state, '', next);
    url.value = here();
  };
  window.addEventListener('popstate', () => {
    url.value = here();
  });
  return {
    url,
    go: (next) => {
      if (next !== here()) {
        move(next, 'pushState');
      }
    },
    replace: (next) => move(next, 'replaceState'),
    back: (fallback) => {
      if (depth() > 0) {
        history.back();
      } else {
        move(fallback, 'replaceState');
      }
    },
  };
}

function isStep(state: unknown): state is Step {
  return typeof state === 'object' && state !== null && 'filmless' in state && typeof state.filmless === 'number';
}
