import { Eye, EyeOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { IconButton } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { t } from '../i18n/index.ts';

export interface PasswordFieldProps {
  readonly label: string;
  readonly autoComplete: 'current-password' | 'new-password';
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** A password, with a way to see what one typed and a word about Caps Lock. */
export function PasswordField({
  label,
  autoComplete,
  autoFocus = false,
  required = false,
  hint,
  error,
  value,
  onText,
}: PasswordFieldProps): VNode {
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const watch = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  const note = capsLock ? t('account.capsLock') : hint;
  return (
    <Field label={label} error={error} required={required} {...(note === undefined ? {} : { hint: note })}>
      {(control) => {
        const input = {
          ...control,
          class: 'input',
          autoComplete,
          autoFocus,
          value,
          onKeyUp: watch,
          onKeyDown: watch,
          spellcheck: false,
        };
        return (
          <span class="input-with-end">
            {shown ? (
              <input type="text" {...input} onInput={(event) => onText(event.currentTarget.value)} />
            ) : (
              <input type="password" {...input} onInput={(event) => onText(event.currentTarget.value)} />
            )}
            <span class="input-end">
              <IconButton
                small
                icon={shown ? EyeOff : Eye}
                label={t(shown ? 'account.hidePassword' : 'account.showPassword')}
                onClick={() => setShown(!shown)}
              />
            </span>
          </span>
        );
      }}
    </Field>
  );
}
