import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { formatDate, parseDay } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { TextField } from './field.tsx';

export interface DayFieldProps {
  readonly label: string;
  /** `YYYY-MM-DD`. */
  readonly value: string | undefined;
  readonly error?: string | undefined;
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  /** `valid` is false while the text is no day; an empty field is valid. */
  readonly onDay: (day: string | undefined, valid: boolean) => void;
}

/** A day, typed as people here write it; the browser's own date field follows the browser's language instead of the page's. */
export function DayField({ label, value, error, autoFocus = false, required = false, onDay }: DayFieldProps): VNode {
  const [text, setText] = useState(formatDate(value));
  const [left, setLeft] = useState(false);
  const invalid = text.trim() !== '' && parseDay(text) === undefined;
  const typed = (next: string) => {
    setText(next);
    const day = parseDay(next);
    onDay(day, next.trim() === '' || day !== undefined);
  };
  return (
    <TextField
      label={label}
      hint={t('common.dateHint')}
      error={left && invalid ? t('common.dateInvalid') : error}
      autoFocus={autoFocus}
      required={required}
      autoComplete="off"
      inputMode="numeric"
      value={text}
      onText={typed}
      onBlur={() => {
        setLeft(true);
        setText(formatDate(parseDay(text)) || text);
      }}
    />
  );
}
