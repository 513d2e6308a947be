import { presetsFor } from '../../imaging/model/presets.ts';
import type { ReadingModel } from '../reading-model.ts';
import type { ViewportModel } from '../viewport-model.ts';
import type { ShownPane } from './capture-hanging.ts';
import { hangingSeries } from './image-facts.ts';

/** What the panes show now, as far as a protocol can say it. */
export function shownPanes(model: ReadingModel): readonly (ShownPane | undefined)[] {
  const { rows, columns } = model.layout.value;
  const priors: string[] = [];
  const orderOf = (uid: string): number => {
    if (uid === model.studyInstanceUid) {
      return 0;
    }
    if (!priors.includes(uid)) {
      priors.push(uid);
    }
    return priors.indexOf(uid) + 1;
  };
  return model.viewports.slice(0, rows * columns).map((viewport) => shownPane(viewport, orderOf));
}

function shownPane({ series, index, chosenGrey }: ViewportModel, orderOf: (uid: string) => number): ShownPane | undefined {
  const { value: entry } = series;
  if (entry === undefined) {
    return undefined;
  }
  const image = hangingSeries(entry).images[index.value];
  const window = chosenGrey.value?.window;
  const preset = presetsFor('HU').find(({ center, width }) => center === window?.center && width === window.width);
  return {
    study: orderOf(entry.studyInstanceUid),
    modality: entry.info.modality,
    description: entry.info.description,
    view: image?.view ?? '',
    side: image?.side,
    window: preset?.name,
  };
}
