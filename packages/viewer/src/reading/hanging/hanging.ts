import { type PresetName, presetsFor } from '../../imaging/model/presets.ts';

/** What goes into one pane. Rules left out hold for everything. */
export interface HangingPane {
  /** 0 is the study that is read, 1 its first prior. */
  readonly study: number;
  /** Words of the series' description, blind to accents: one of these phrases, all words of it. */
  readonly words: readonly string[];
  /** One of these views. PS3.3 C.8.11.7 and C.8.7.1: View Position, or what its code means. */
  readonly views: readonly string[];
  readonly side: 'L' | 'R' | undefined;
  /** Which of the series' images, from 1. */
  readonly image: number | undefined;
  readonly window: PresetName | undefined;
  /** The edge of the pane at which the chest wall stands. */
  readonly wall: 'left' | 'right' | undefined;
}

/** How studies of a kind are hung: data, made by the product, by the hospital, or by a person. */
export interface Hanging {
  readonly id: string;
  readonly name: string;
  readonly modalities: readonly string[];
  /** None: any. */
  readonly bodyParts: readonly string[];
  /** Phrases of the study's description, one of which it must have; none: any. */
  readonly words: readonly string[];
  /** Priors of the same kind and body part it needs. */
  readonly priors: number;
  /** Images the study has at least. */
  readonly atLeast: number;
  readonly rows: number;
  readonly columns: number;
  readonly panes: readonly HangingPane[];
  readonly key: string | undefined;
}

export type HangingOwner = 'own' | 'hospital' | 'product';

export interface OwnedHanging extends Hanging {
  readonly owner: HangingOwner;
}

export const PANE: HangingPane = {
  study: 0,
  words: [],
  views: [],
  side: undefined,
  image: undefined,
  window: undefined,
  wall: undefined,
};

const MOST_PANES = 9;
const MOST_PRIORS = 3;

/** Reads a kept protocol; undefined for what this viewer does not understand: it stays kept, for one that does. */
export function parseHanging(value: unknown): Hanging | undefined {
  const record = recordOf(value);
  const id = text(record.id);
  const name = text(record.name);
  const rows = whole(record.rows, 1, 3);
  const columns = whole(record.columns, 1, 4);
  const panes = Array.isArray(record.panes) ? record.panes.map(parsePane) : [];
  if (id === undefined || name === undefined || rows === undefined || columns === undefined) {
    return undefined;
  }
  if (rows * columns > MOST_PANES || panes.length === 0 || panes.length > rows * columns) {
    return undefined;
  }
  return {
    id,
    name,
    modalities: texts(record.modalities),
    bodyParts: texts(record.bodyParts),
    words: texts(record.words),
    priors: whole(record.priors, 0, MOST_PRIORS) ?? 0,
    atLeast: whole(record.atLeast, 0, 100_000) ?? 0,
    rows,
    columns,
    panes,
    key: text(record.key),
  };
}

function parsePane(value: unknown): HangingPane {
  const record = recordOf(value);
  const window = presetsFor('HU').find(({ name }) => name === record.window)?.name;
  return {
    study: whole(record.study, 0, MOST_PRIORS) ?? 0,
    words: texts(record.words),
    views: texts(record.views),
    side: record.side === 'L' || record.side === 'R' ? record.side : undefined,
    image: whole(record.image, 1, 100_000),
    window,
    wall: record.wall === 'left' || record.wall === 'right' ? record.wall : undefined,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((entry) => text(entry) ?? []) : [];
}

function whole(value: unknown, least: number, greatest: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= greatest ? value : undefined;
}
