import type { LucideIcon } from 'lucide-preact';
import { type TextKey, t, textInAll } from '../i18n/index.ts';
import type { KeyName } from './keys.ts';
import type { ReadingModel } from './reading-model.ts';

export type ActionGroup = 'tool' | 'measure' | 'view' | 'scroll' | 'page' | 'window' | 'hang';

/** One thing one can do: its button, its key and its line in the sheet of shortcuts and in the palette are all made from this record. */
export interface Action {
  readonly id: string;
  readonly group: ActionGroup;
  readonly label: TextKey;
  /** Where the label has places to fill. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** What it is called just now, where that depends on what is shown: in every language, that of the screen first. */
  readonly words?: (model: ReadingModel) => readonly string[] | undefined;
  /** With an icon it stands on the toolbar. */
  readonly icon?: LucideIcon;
  /** Stands in the menu beside the toolbar, not on it. */
  readonly inMenu?: boolean;
  /** The keys it has unless the person chose others. */
  readonly keys: readonly KeyName[];
  readonly run: (model: ReadingModel) => void;
  /** Given for what is switched on and off. */
  readonly isOn?: (model: ReadingModel) => boolean;
  readonly isPossible?: (model: ReadingModel) => boolean;
  /** Where it is worth a sentence: why it cannot be done now. */
  readonly whyNot?: (model: ReadingModel) => string | undefined;
}

/** What an action is called, in the language of the screen. */
export function actionText({ label, parameters, words }: Action, model: ReadingModel): string {
  return words?.(model)?.[0] ?? t(label, parameters);
}

/** What an action may be looked for by: its names in every language. */
export function actionTexts({ label, parameters, words }: Action, model: ReadingModel): readonly string[] {
  return words?.(model) ?? textInAll(label, parameters);
}
