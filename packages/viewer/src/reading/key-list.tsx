import { useSignal } from '@preact/signals';
import { RotateCcw } from 'lucide-preact';
import { Fragment, type VNode } from 'preact';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { type Action, type ActionGroup, actionText } from './action.ts';
import { ACTIONS } from './actions.ts';
import { conflicts, holderOf, keysOf, type OwnKeys, withKey, withoutOwnKeys } from './key-map.ts';
import { type KeyName, keyCap, keyName } from './keys.ts';
import type { ReadingModel } from './reading-model.ts';

const GROUPS: readonly (readonly ActionGroup[])[] = [['tool', 'measure'], ['view'], ['scroll'], ['window'], ['page'], ['hang']];

/** These leave whatever is under way, everywhere. */
const FIXED: ReadonlySet<KeyName> = new Set(['Escape', 'Tab', 'Shift+Tab', 'Enter']);

const cap = (key: KeyName): string => keyCap(key, t('reading.keySpace'));

/** What is being changed: an action waits for its key, or a key for the word that it may be taken. */
interface Changing {
  readonly action: Action;
  readonly taken?: { readonly key: KeyName; readonly other: Action };
}

/** Every action with its keys, each changed by pressing another. */
export function KeyList({ model }: { readonly model: ReadingModel }): VNode {
  const { settings } = useApp();
  const changing = useSignal<Changing | undefined>(undefined);
  const problem = useSignal<unknown>(undefined);
  const { value: own } = model.keys;
  const keep = async (make: (now: OwnKeys) => OwnKeys): Promise<void> => {
    changing.value = undefined;
    problem.value = undefined;
    try {
      await settings.own.change((now) => ({ ...now, keys: make(now.keys) }));
    } catch (error) {
      problem.value = error;
    }
  };
  const give = (action: Action, key: KeyName): Promise<void> => keep((now) => withKey(now, action.id, key, ACTIONS));
  const pressed = (action: Action, event: KeyboardEvent): void => {
    if (event.key === 'Tab') {
      changing.value = undefined;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const key = keyName(event);
    if (event.key === 'Escape') {
      changing.value = undefined;
    } else if (key !== undefined && !FIXED.has(key) && !MODIFIERS.has(event.key)) {
      const other = holderOf(key, ACTIONS, own);
      if (other === undefined || other === action) {
        void give(action, key);
      } else {
        changing.value = { action, taken: { key, other } };
      }
    }
  };
  return (
    <>
      <p class="soft">{t('keys.intro')}</p>
      {problem.value !== undefined && (
        <Notice kind="danger">{t('keys.saveFailed', { reason: failureText(problem.value) })}</Notice>
      )}
      <Conflicts model={model} own={own} />
      {changing.value?.taken !== undefined && (
        <Taken model={model} changing={changing.value} give={give} onKeep={() => (changing.value = undefined)} />
      )}
      <div class="shortcuts">
        {GROUPS.map((groups) => (
          <dl key={groups.join()}>
            {ACTIONS.filter(({ group }) => groups.includes(group)).map((action) => (
              <div key={action.id} data-key-of={action.id}>
                <dt>
                  <KeyButton
                    action={action}
                    model={model}
                    waiting={changing.value?.action === action && changing.value.taken === undefined}
                    onStart={() => {
                      changing.value = { action };
                    }}
                    onLeave={() => {
                      if (changing.value?.action === action && changing.value.taken === undefined) {
                        changing.value = undefined;
                      }
                    }}
                    onKey={(event) => pressed(action, event)}
                  />
                  {own[action.id] !== undefined && (
                    <IconButton
                      small
                      icon={RotateCcw}
                      label={t('keys.reset', { action: actionText(action, model) })}
                      onClick={() => void keep((now) => withoutOwnKeys(now, action.id))}
                    />
                  )}
                </dt>
                <dd>{actionText(action, model)}</dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
      {Object.keys(own).length > 0 && (
        <Button small icon={RotateCcw} data-action="reset-keys" onClick={() => void keep(() => ({}))}>
          {t('keys.resetAll')}
        </Button>
      )}
    </>
  );
}

const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Process', 'Dead']);

interface KeyButtonProps {
  readonly action: Action;
  readonly model: ReadingModel;
  readonly waiting: boolean;
  readonly onStart: () => void;
  readonly onLeave: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

/** The keys of an action; pressed, it takes the next key that is pressed. */
function KeyButton({ action, model, waiting, onStart, onLeave, onKey }: KeyButtonProps): VNode {
  const keys = keysOf(action, model.keys.value).slice(0, 2);
  const text = actionText(action, model);
  const shown = keys.length === 0 ? t('keys.none') : keys.map(cap).join(' ');
  if (waiting) {
    return (
      <button
        type="button"
        class="key-button key-waiting"
        ref={(element) => element?.focus()}
        aria-label={t('keys.pressHint', { action: text })}
        onKeyDown={onKey}
        onBlur={onLeave}
      >
        {t('keys.press')}
      </button>
    );
  }
  return (
    <button type="button" class="key-button" aria-label={`${t('keys.change', { action: text })}: ${shown}`} onClick={onStart}>
      {keys.length === 0 && <span class="soft">{shown}</span>}
      {keys.map((key, index) => (
        <Fragment key={key}>
          {index > 0 && ' '}
          <kbd>{cap(key)}</kbd>
        </Fragment>
      ))}
    </button>
  );
}

interface TakenProps {
  readonly model: ReadingModel;
  readonly changing: Changing;
  readonly give: (action: Action, key: KeyName) => Promise<void>;
  readonly onKeep: () => void;
}

/** A key that is another's: whose, and whether to take it. */
function Taken({ model, changing: { action, taken }, give, onKeep }: TakenProps): VNode | null {
  if (taken === undefined) {
    return null;
  }
  const { key, other } = taken;
  return (
    <Notice kind="warning">
      {t('keys.taken', { key: cap(key), other: actionText(other, model), action: actionText(action, model) })}
      <span class="row row-wrap">
        <Button small kind="primary" autofocus data-action="take-key" onClick={() => void give(action, key)}>
          {t('keys.take')}
        </Button>
        <Button small onClick={onKeep}>
          {t('keys.keep')}
        </Button>
      </span>
    </Notice>
  );
}

function Conflicts({ model, own }: { readonly model: ReadingModel; readonly own: OwnKeys }): VNode {
  return (
    <>
      {[...conflicts(ACTIONS, own)].map(([key, actions]) => (
        <Notice key={key} kind="warning">
          {t('keys.conflict', { key: cap(key), actions: actions.map((action) => actionText(action, model)).join(', ') })}
        </Notice>
      ))}
    </>
  );
}
