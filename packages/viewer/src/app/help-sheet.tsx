import type { VNode } from 'preact';
import { Dialog } from '../design/dialog.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import { helpOpen } from './help.ts';

const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly text: TextKey }[] = [
  { keys: ['/', 'Ctrl+K'], text: 'worklist.helpSearch' },
  { keys: ['↑', '↓'], text: 'worklist.helpMove' },
  { keys: ['Enter'], text: 'worklist.helpOpen' },
  { keys: ['Space'], text: 'worklist.helpPreview' },
  { keys: ['Esc'], text: 'worklist.helpEscape' },
  { keys: ['?'], text: 'worklist.helpHelp' },
];

const ORDER_SHORTCUTS: typeof SHORTCUTS = [{ keys: ['n'], text: 'orders.helpNew' }];

const TIPS: readonly TextKey[] = ['worklist.tipName', 'worklist.tipNumber', 'worklist.tipLink'];

export function HelpSheet(): VNode {
  const close = () => {
    helpOpen.value = false;
  };
  return (
    <Dialog title={t('common.help')} onClose={close}>
      <h3>{t('worklist.helpTitle')}</h3>
      <Keys shortcuts={SHORTCUTS} />
      <h3>{t('orders.helpTitle')}</h3>
      <Keys shortcuts={ORDER_SHORTCUTS} />
      <h3>{t('worklist.helpSearchTips')}</h3>
      <ul class="tips">
        {TIPS.map((tip) => (
          <li key={tip}>{t(tip)}</li>
        ))}
      </ul>
    </Dialog>
  );
}

function Keys({ shortcuts }: { readonly shortcuts: typeof SHORTCUTS }): VNode {
  return (
    <dl class="help-keys">
      {shortcuts.map(({ keys, text }) => (
        <div key={text}>
          <dt>
            {keys.map((key, index) => (
              <span key={key}>
                {index > 0 && <span class="faint"> {t('worklist.keyOr')} </span>}
                <kbd>{key}</kbd>
              </span>
            ))}
          </dt>
          <dd>{t(text)}</dd>
        </div>
      ))}
    </dl>
  );
}
