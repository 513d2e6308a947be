import type { SolidHost, SolidPane } from '../../solid.ts';
import { createSolidPane, type SolidSource } from './solid-pane.ts';

/** The solids of one volume: each goes once, when its page lets it go or with the engine. */
export interface Solids extends Disposable {
  show(element: HTMLDivElement, host: SolidHost): Promise<SolidPane>;
}

export function createSolids(source: SolidSource): Solids {
  const shown = new Set<SolidPane>();
  let gone = false;
  const remove = (pane: SolidPane): void => {
    if (shown.delete(pane)) {
      pane[Symbol.dispose]();
    }
  };
  return {
    show: async (element, host) => {
      const pane = await createSolidPane(source, element, host);
      if (gone) {
        throw new Error('the volume was closed meanwhile');
      }
      shown.add(pane);
      return { ...pane, [Symbol.dispose]: () => remove(pane) };
    },
    [Symbol.dispose]: () => {
      gone = true;
      for (const pane of [...shown]) {
        remove(pane);
      }
    },
  };
}
