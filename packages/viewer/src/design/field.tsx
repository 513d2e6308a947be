import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n/index.ts';

interface FieldBase {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
}

interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

export interface FieldProps extends FieldBase {
  readonly required?: boolean;
  readonly children: (control: ControlProps) => ComponentChildren;
}

/** A labelled control with its hint and its fault in words; `children` draws the control with the ids it is given. */
export function Field({ label, hint, error, required = false, children }: FieldProps): VNode {
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
        {required && (
          <span class="field-required" title={t('common.required')}>
            {' *'}
          </span>
        )}
      </label>
      {children({ id, 'aria-describedby': note === undefined ? undefined : `${id}-note`, 'aria-invalid': error !== undefined })}
      {note !== undefined && (
        <span
          id={`${id}-note`}
          class={error === undefined ? 'field-hint' : 'field-error'}
          role={error === undefined ? undefined : 'alert'}
        >
          {note}
        </span>
      )}
    </div>
  );
}

export interface TextFieldProps extends FieldBase {
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly required?: boolean;
  readonly type?: 'text' | 'password';
  readonly name?: string;
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly spellcheck?: boolean;
  readonly inputMode?: 'text' | 'numeric';
  /** Id of the datalist with what may be typed. */
  readonly list?: string;
  readonly onBlur?: () => void;
}

export function TextField({
  label,
  hint,
  error,
  required = false,
  type = 'text',
  value,
  onText,
  ...rest
}: TextFieldProps): VNode {
  return (
    <Field label={label} error={error} required={required} {...(hint === undefined ? {} : { hint })}>
      {(control) => {
        const props = {
          ...rest,
          ...control,
          required,
          value,
          onInput: (event: { readonly currentTarget: HTMLInputElement }) => onText(event.currentTarget.value),
        };
        return type === 'password' ? (
          <input type="password" class="input" {...props} />
        ) : (
          <input type="text" class="input" {...props} />
        );
      }}
    </Field>
  );
}

export interface TextAreaFieldProps extends FieldBase {
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly required?: boolean;
  readonly name?: string;
  readonly maxLength?: number;
  readonly placeholder?: string;
}

export function TextAreaField({ label, hint, error, required = false, value, onText, ...rest }: TextAreaFieldProps): VNode {
  return (
    <Field label={label} error={error} required={required} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <textarea
          class="input"
          {...rest}
          {...control}
          required={required}
          value={value}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

export interface SelectFieldProps extends FieldBase {
  readonly value: string;
  readonly options: readonly Option[];
  readonly onText: (value: string) => void;
  readonly required?: boolean;
  readonly name?: string;
  readonly disabled?: boolean;
}

export function SelectField({ label, hint, error, required = false, value, options, onText, ...rest }: SelectFieldProps): VNode {
  return (
    <Field label={label} error={error} required={required} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <select
          class="input"
          {...rest}
          {...control}
          required={required}
          value={value}
          onChange={(event) => onText(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export interface CheckProps {
  readonly label: string;
  readonly note?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onCheck: (checked: boolean) => void;
}

export function Check({ label, note, checked, disabled = false, onCheck }: CheckProps): VNode {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onCheck(event.currentTarget.checked)} />
      <span>
        {label}
        {note !== undefined && <span class="check-note">{note}</span>}
      </span>
    </label>
  );
}
