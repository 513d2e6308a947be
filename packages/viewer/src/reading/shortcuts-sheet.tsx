import type { VNode } from 'preact';
import { Dialog } from '../design/dialog.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import { KeyList } from './key-list.tsx';
import type { ReadingModel } from './reading-model.ts';

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
  return (
    <Dialog title={t('reading.shortcuts')} wide="very" onClose={close}>
      <KeyList model={model} />
      <div class="shortcuts">
        <dl>
          <div>
            <dt>
              <kbd>Ctrl + K</kbd>
            </dt>
            <dd>{t('keys.palette')}</dd>
          </div>
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
