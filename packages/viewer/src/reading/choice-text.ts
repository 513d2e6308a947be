import { type TextKey, textInAll } from '../i18n/index.ts';
import type { PresetName } from '../imaging/model/presets.ts';
import type { GreyChoice } from './grey-choices.ts';

/** What a window is called. */
export function choiceText(choice: GreyChoice): string {
  return choiceTexts(choice)[0] ?? '';
}

/** The same in every language, that of the screen first. */
export function choiceTexts({ name }: GreyChoice): readonly string[] {
  switch (name.kind) {
    case 'default':
      return textInAll('reading.preset');
    case 'full':
      return textInAll('reading.presetFull');
    case 'preset':
      return textInAll(PRESETS[name.preset]);
    case 'file':
      return name.explanation === undefined ? textInAll('reading.presetFile', { number: name.number }) : [name.explanation];
    case 'table':
      return name.explanation === undefined ? textInAll('reading.presetTable', { number: name.number }) : [name.explanation];
  }
}

const PRESETS: Readonly<Record<PresetName, TextKey>> = {
  abdomen: 'reading.presetAbdomen',
  angio: 'reading.presetAngio',
  bone: 'reading.presetBone',
  brain: 'reading.presetBrain',
  chest: 'reading.presetChest',
  lung: 'reading.presetLung',
  headNeck: 'reading.presetHeadNeck',
  pelvis: 'reading.presetPelvis',
};
