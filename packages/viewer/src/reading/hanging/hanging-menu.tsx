import { LayoutTemplate } from 'lucide-preact';
import type { VNode } from 'preact';
import { IconButton } from '../../design/button.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { t } from '../../i18n/index.ts';
import { keyCap } from '../keys.ts';
import type { ReadingModel } from '../reading-model.ts';
import { hangingText } from './hanging-text.ts';

/** The protocols that fit the study, and keeping what is on the screen as one more. */
export function HangingMenu({ model }: { readonly model: ReadingModel }): VNode {
  const { fitting, current } = model.hangings;
  return (
    <Menu
      label={t('hanging.title')}
      button={(props) => <IconButton icon={LayoutTemplate} label={t('hanging.title')} data-action="hanging" {...props} />}
    >
      {(close) => (
        <>
          {fitting.value.map((hanging) => (
            <MenuItem
              key={`${hanging.owner}/${hanging.id}`}
              checked={current.value === hanging.id}
              onPress={() => {
                close();
                void model.hangings.hang(hanging);
              }}
            >
              <span class="grow">{hangingText(hanging)}</span>
              {hanging.key !== undefined && <kbd>{keyCap(hanging.key, t('reading.keySpace'))}</kbd>}
            </MenuItem>
          ))}
          {fitting.value.length === 0 && <div class="menu-note">{t('hanging.none')}</div>}
          <div class="menu-line" />
          <MenuItem
            onPress={() => {
              close();
              model.savingHanging.value = true;
            }}
          >
            {t('hanging.save')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
