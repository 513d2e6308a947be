import { t } from '../i18n/index.ts';
import { type Action, actionText } from './action.ts';
import { keysOf } from './key-map.ts';
import { keyCap } from './keys.ts';
import type { ReadingModel } from './reading-model.ts';

/** The tip of an action: what it does, and its key; or why it cannot be done now. */
export function actionTip(action: Action, model: ReadingModel): string {
  const reason = action.isPossible?.(model) === false ? action.whyNot?.(model) : undefined;
  const [key] = keysOf(action, model.keys.value);
  const text = reason ?? actionText(action, model);
  return key === undefined || reason !== undefined ? text : `${text} (${keyCap(key, t('reading.keySpace'))})`;
}
