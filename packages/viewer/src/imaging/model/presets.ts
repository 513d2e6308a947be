import type { Window } from './windows.ts';

/** Names of the catalogue under `reading.preset…`. */
export type PresetName = 'abdomen' | 'angio' | 'bone' | 'brain' | 'chest' | 'lung' | 'headNeck' | 'pelvis';

export interface Preset extends Window {
  readonly name: PresetName;
}

const ct = (name: PresetName, center: number, width: number): Preset => ({ name, center, width, shape: 'linear' });

/** The windows Vietnamese tenders ask for, in Hounsfield units; they mean nothing for other modalities. */
const CT: readonly Preset[] = [
  ct('abdomen', 40, 350),
  ct('angio', 300, 600),
  ct('bone', 480, 2500),
  ct('brain', 40, 80),
  ct('chest', 40, 350),
  ct('lung', -600, 1500),
  ct('headNeck', 90, 350),
  ct('pelvis', 45, 300),
];

/** Fixed windows of an image; empty where values have no common scale. */
export function presetsFor(valueUnit: string): readonly Preset[] {
  return valueUnit === 'HU' ? CT : [];
}
