import type { PresetName } from '../../imaging/model/presets.ts';
import type { Hanging, HangingPane } from './hanging.ts';

/** What a pane shows when its layout is made a protocol. */
export interface ShownPane {
  /** 0 is the study that is read, 1 the first prior on the screen. */
  readonly study: number;
  readonly modality: string;
  readonly description: string;
  readonly view: string;
  readonly side: 'L' | 'R' | undefined;
  readonly window: PresetName | undefined;
}

/** Single pictures are told apart by their view; of other series by what they are called. */
const PROJECTIONS: ReadonlySet<string> = new Set(['MG', 'CR', 'DX', 'RG']);

/** The rules that will find the like of what is shown: by view and side, else by the words of the description. */
export function capturePane(shown: ShownPane | undefined): HangingPane {
  const byView = shown !== undefined && PROJECTIONS.has(shown.modality) && shown.view !== '';
  const side = byView ? shown.side : undefined;
  return {
    study: shown?.study ?? 0,
    words: shown === undefined || byView || shown.study > 0 || shown.description.trim() === '' ? [] : [shown.description.trim()],
    views: byView ? [shown.view] : [],
    side,
    image: undefined,
    window: shown?.window,
    wall: shown?.modality === 'MG' && side !== undefined ? (side === 'R' ? 'right' : 'left') : undefined,
  };
}

export interface CapturedFor {
  readonly name: string;
  readonly modality: string;
  /** None: all of the modality. */
  readonly bodyParts: readonly string[];
  readonly key: string | undefined;
  readonly rows: number;
  readonly columns: number;
}

/** Of a name there is one: saving it again replaces it. */
export function hangingId(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}

export function captureHanging({ name, modality, ...facts }: CapturedFor, panes: readonly (ShownPane | undefined)[]): Hanging {
  const used = panes.findLastIndex((pane) => pane !== undefined);
  return {
    ...facts,
    id: hangingId(name),
    name: name.trim(),
    modalities: [modality],
    words: [],
    priors: Math.max(0, ...panes.map((pane) => pane?.study ?? 0)),
    atLeast: 0,
    panes: panes.slice(0, used + 1).map(capturePane),
  };
}
