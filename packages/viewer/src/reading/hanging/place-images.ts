import { counterpart } from '../prior-list.ts';
import type { Hanging, HangingPane } from './hanging.ts';
import { saysAll } from './match-hanging.ts';

/** An image of a series, as far as hanging needs it. */
export interface ImageFacts {
  /** In the series, from 0. */
  readonly index: number;
  /** Every way its view may be asked for: `CC`, `PA`. */
  readonly view: string;
  readonly side: 'L' | 'R' | undefined;
  /** Made to be looked at, not to be computed with. PS3.3 C.8.11.7.1. */
  readonly isForPresentation: boolean;
}

/** A series that may be hung. */
export interface HangingSeries {
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly description: string;
  readonly rows: number | null;
  readonly frameCount: number;
  readonly instanceCount: number;
  /** Empty while its headers are not here. */
  readonly images: readonly ImageFacts[];
}

/** What a pane shows: a series and one of its images, counted from 0. */
export interface Placement<S extends HangingSeries> {
  readonly series: S;
  readonly index: number;
}

/** Made from images, not by a modality: hung only by name. */
const DERIVED: ReadonlySet<string> = new Set(['SEG', 'PR', 'RTDOSE', 'RWV', 'SR', 'KO']);

/** Does the pane choose among images, so that their headers must be read first? */
export function needsImages({ panes }: Hanging): boolean {
  return panes.some(({ views, side, image }) => views.length > 0 || side !== undefined || image !== undefined);
}

/** What goes into each pane; undefined where nothing does. `studies`: the series of the study, and of each prior. */
export function placeImages<S extends HangingSeries>(
  hanging: Hanging,
  studies: readonly (readonly S[])[],
): readonly (Placement<S> | undefined)[] {
  const used = new Set<string>();
  const placed: (Placement<S> | undefined)[] = hanging.panes.map(() => undefined);
  const take = (at: number, found: Placement<S> | undefined): void => {
    if (found !== undefined) {
      placed[at] = found;
      used.add(nameOf(found, hanging.panes[at]));
    }
  };
  // What is asked for by name comes before what takes the rest.
  for (const [at, pane] of hanging.panes.entries()) {
    if (isChoosy(pane)) {
      take(at, chosen(pane, studies[pane.study] ?? [], used));
    }
  }
  for (const [at, pane] of hanging.panes.entries()) {
    const byView = pane.views.length > 0 || pane.side !== undefined;
    if (placed[at] === undefined && !byView) {
      take(at, pane.study === 0 ? next(pane, studies[0] ?? [], used) : beside(pane, hanging, placed, studies));
    }
  }
  return placed;
}

function isChoosy({ words, views, side }: HangingPane): boolean {
  return words.length > 0 || views.length > 0 || side !== undefined;
}

/** Panes that show single images share a series, others do not. */
function nameOf<S extends HangingSeries>({ series, index }: Placement<S>, pane: HangingPane | undefined): string {
  const single = pane !== undefined && (pane.views.length > 0 || pane.side !== undefined || pane.image !== undefined);
  return single ? `${series.seriesInstanceUid}#${index}` : series.seriesInstanceUid;
}

function pictures<S extends HangingSeries>(all: readonly S[]): readonly S[] {
  return all.filter(({ rows }) => rows !== null && rows > 0);
}

function chosen<S extends HangingSeries>(
  pane: HangingPane,
  all: readonly S[],
  used: ReadonlySet<string>,
): Placement<S> | undefined {
  const described = pictures(all).filter(
    ({ description }) => pane.words.length === 0 || pane.words.some((phrase) => saysAll(description, phrase)),
  );
  if (pane.views.length === 0 && pane.side === undefined) {
    const index = (pane.image ?? 1) - 1;
    return described.map((series) => ({ series, index })).find((found) => !used.has(nameOf(found, pane)));
  }
  const wanted = pane.views.map((view) => view.toUpperCase());
  return described
    .flatMap((series) => series.images.map((image) => ({ series, image, index: image.index })))
    .filter(({ image }) => wanted.length === 0 || wanted.includes(image.view.toUpperCase()))
    .filter(({ image }) => pane.side === undefined || image.side === pane.side)
    .filter((found) => !used.has(nameOf(found, pane)))
    .sort((a, b) => Number(b.image.isForPresentation) - Number(a.image.isForPresentation))[0];
}

/** The first series that hangs nowhere yet, or the image of a number. */
function next<S extends HangingSeries>(
  pane: HangingPane,
  all: readonly S[],
  used: ReadonlySet<string>,
): Placement<S> | undefined {
  const plain = pictures(all).filter(({ modality }) => !DERIVED.has(modality));
  const { image } = pane;
  if (image === undefined) {
    const series = plain.find(({ seriesInstanceUid }) => !used.has(seriesInstanceUid));
    return series === undefined ? undefined : { series, index: 0 };
  }
  let before = 0;
  for (const series of plain) {
    const count = Math.max(series.frameCount, series.instanceCount);
    if (image <= before + count) {
      return { series, index: image - before - 1 };
    }
    before += count;
  }
  return undefined;
}

/** Of a prior the series that goes with what hangs in the pane before. */
function beside<S extends HangingSeries>(
  pane: HangingPane,
  { panes }: Hanging,
  placed: readonly (Placement<S> | undefined)[],
  studies: readonly (readonly S[])[],
): Placement<S> | undefined {
  const at = panes.indexOf(pane);
  const partner = placed.slice(0, at).findLast((found, index) => found !== undefined && panes[index]?.study === 0);
  const taken = new Set(placed.flatMap((found) => (found === undefined ? [] : [found.series.seriesInstanceUid])));
  const free = (studies[pane.study] ?? []).filter(({ seriesInstanceUid }) => !taken.has(seriesInstanceUid));
  const series = counterpart(partner?.series, free);
  return series === undefined ? undefined : { series, index: 0 };
}
