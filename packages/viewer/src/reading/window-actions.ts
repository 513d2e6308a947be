import type { Action } from './action.ts';
import { choiceTexts } from './choice-text.ts';
import { type GreyChoice, greyChoices } from './grey-choices.ts';
import type { ReadingModel } from './reading-model.ts';

const choiceAt = (number: number, { active }: ReadingModel): GreyChoice | undefined =>
  greyChoices(active.value.shown.value)[number - 1];

/** The windows of the image shown, in the order of its list: for CT the default and those of the tenders. */
export const WINDOW_ACTIONS: readonly Action[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => ({
  id: `window${number}`,
  group: 'window',
  label: 'keys.windowNumber',
  parameters: { number },
  words: (model) => {
    const choice = choiceAt(number, model);
    return choice === undefined ? undefined : choiceTexts(choice);
  },
  keys: [String(number)],
  run: (model) => {
    const choice = choiceAt(number, model);
    if (choice !== undefined) {
      model.active.value.chosenGrey.value = choice.grey;
    }
  },
  isPossible: (model) => choiceAt(number, model) !== undefined,
}));
