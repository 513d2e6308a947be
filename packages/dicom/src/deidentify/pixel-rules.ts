import { firstNumber, firstText } from '../dataset/accessors.ts';
import type { DataSet } from '../dataset/model.ts';
import { matchesGlob } from '../matching/glob.ts';
import { fold } from '../text/fold.ts';
import type { PixelArea, PixelRule, PixelRuleCondition } from './profile.ts';

/** What the rules of a profile say of an image. */
export interface FoundPixelRules {
  /** A rule speaks of burned-in text, or of faces, in such images: what it names, and nothing else, is there. */
  readonly speakOf: ReadonlySet<'text' | 'face'>;
  readonly areas: readonly PixelArea[];
}

function textFits(pattern: string | undefined, text: string | undefined): boolean {
  return pattern === undefined || matchesGlob(fold(pattern), fold(text ?? ''));
}

function numberFits(wanted: number | undefined, number: number | undefined): boolean {
  return wanted === undefined || wanted === number;
}

function fits(when: PixelRuleCondition, dataSet: DataSet): boolean {
  return (
    textFits(when.modality, firstText(dataSet, '00080060')) &&
    textFits(when.manufacturer, firstText(dataSet, '00080070')) &&
    textFits(when.model, firstText(dataSet, '00081090')) &&
    textFits(when.sopClassUid, firstText(dataSet, '00080016')) &&
    numberFits(when.rows, firstNumber(dataSet, '00280010')) &&
    numberFits(when.columns, firstNumber(dataSet, '00280011'))
  );
}

/** All rules that fit count: an area too many hides nothing of a patient. */
export function findPixelRules(rules: readonly PixelRule[], dataSet: DataSet): FoundPixelRules {
  const fitting = rules.filter(({ when }) => fits(when, dataSet));
  return {
    speakOf: new Set(fitting.map(({ hides = 'text' }) => hides)),
    areas: fitting.flatMap(({ areas }) => areas.filter(([, , width, height]) => width > 0 && height > 0)),
  };
}
