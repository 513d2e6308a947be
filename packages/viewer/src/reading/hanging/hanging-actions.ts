import { ChevronLeft, ChevronRight, Save } from 'lucide-preact';
import type { Action } from '../action.ts';
import type { KeyName } from '../keys.ts';
import type { ReadingModel } from '../reading-model.ts';

const hasOther = ({ hangings }: ReadingModel): boolean => hangings.fitting.value.length > 0;

export const HANGING_ACTIONS: readonly Action[] = [
  {
    id: 'nextHanging',
    group: 'hang',
    label: 'hanging.next',
    icon: ChevronRight,
    inMenu: true,
    keys: [']'],
    run: ({ hangings }) => hangings.step(1),
    isPossible: hasOther,
  },
  {
    id: 'previousHanging',
    group: 'hang',
    label: 'hanging.previous',
    icon: ChevronLeft,
    inMenu: true,
    keys: ['['],
    run: ({ hangings }) => hangings.step(-1),
    isPossible: hasOther,
  },
  {
    id: 'saveHanging',
    group: 'hang',
    label: 'hanging.save',
    icon: Save,
    inMenu: true,
    keys: [],
    run: ({ savingHanging }) => {
      savingHanging.value = true;
    },
  },
];

/** The protocol a person or the hospital gave a key; keys of actions come first. */
export function hangingOfKey(key: KeyName, { hangings }: ReadingModel): Action | undefined {
  const hanging = hangings.fitting.value.find((entry) => entry.key === key);
  return hanging === undefined
    ? undefined
    : {
        id: `hanging-${hanging.owner}-${hanging.id}`,
        group: 'hang',
        label: 'hanging.title',
        keys: [key],
        run: (model) => void model.hangings.hang(hanging),
      };
}
