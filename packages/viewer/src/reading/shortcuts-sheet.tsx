import type { VNode } from 'preact';
import { Dialog } from '../design/dialog.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import { ACTIONS, type ActionGroup } from './actions.ts';
import { greyChoices } from './grey-choices.ts';
import { keyCap } from './keys.ts';
import type { ReadingModel } from './reading-model.ts';
import { choiceText } from './toolbar.tsx';

const GROUPS: readonly (readonly ActionGroup[])[] = [['tool', 'measure'], ['view'], ['scroll'], ['page']];

const POINTER: readonly (readonly [what: TextKey, does: TextKey])[] = [
  ['reading.mouseLeft', 'reading.mouseLeftDoes'],
  ['reading.mouseRight', 'reading.zoom'],
  ['reading.mouseWheel', 'reading.mouseWheelDoes'],
  ['reading.mouseDouble', 'reading.mouseDoubleDoes'],
  ['reading.touchOne', 'reading.mouseLeftDoes'],
  ['reading.touchTwo', 'reading.touchTwoDoes'],
];

/** Every key and what it does, from the actions themselves. */
export function ShortcutsSheet({ model }: { readonly model: ReadingModel }): VNode {
  const close = (): void => {
    model.shortcuts.value = false;
  };
  const choices = greyChoices(model.active.value.shown.value).slice(0, 9);
  return (
    <Dialog title={t('reading.shortcuts')} wide onClose={close}>
      <div class="shortcuts">
        {GROUPS.map((groups) => (
          <dl key={groups.join()}>
            {ACTIONS.filter(({ group, keys }) => groups.includes(group) && keys.length > 0).map((action) => (
              <div key={action.id}>
                <dt>
                  {action.keys.slice(0, 2).map((key) => (
                    <kbd key={key}>{keyCap(key, t('reading.keySpace'))}</kbd>
                  ))}
                </dt>
                <dd>{t(action.label)}</dd>
              </div>
            ))}
          </dl>
        ))}
        <dl>
          {choices.map((choice, index) => (
            <div key={choiceText(choice)}>
              <dt>
                <kbd>{index + 1}</kbd>
              </dt>
              <dd>{choiceText(choice)}</dd>
            </div>
          ))}
        </dl>
        <dl aria-label={t('reading.shortcutsMouse')}>
          <div>
            <dt>{t('reading.mouseMiddle')}</dt>
            <dd>{t(`reading.${model.tools.middleTool.value}`)}</dd>
          </div>
          {POINTER.map(([what, does]) => (
            <div key={what}>
              <dt>{t(what)}</dt>
              <dd>{t(does)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
