import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

/** Days `YYYY-MM-DD`, both included. */
interface DayRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface RangeDialogProps extends DayRange {
  readonly onRange: (from: string | undefined, to: string | undefined) => void;
  readonly onClose: () => void;
}

export function rangeText({ from, to }: DayRange): string {
  const days = { from: formatDate(from), to: formatDate(to) };
  return t(from === undefined ? 'worklist.rangeTo' : to === undefined ? 'worklist.rangeFrom' : 'worklist.rangeBoth', days);
}

/** Asks for a first and a last day, of which one may be left open. */
export function RangeDialog(props: RangeDialogProps): VNode {
  const [from, setFrom] = useState<string | undefined>(props.from);
  const [to, setTo] = useState<string | undefined>(props.to);
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const mark = (field: string, valid: boolean) =>
    setBroken(new Set([...[...broken].filter((other) => other !== field), ...(valid ? [] : [field])]));
  const wrongOrder = from !== undefined && to !== undefined && from > to;
  const submit = () => {
    if (broken.size === 0 && !wrongOrder && (from !== undefined || to !== undefined)) {
      props.onRange(from, to);
    }
  };
  const actions = (
    <>
      <Button onClick={props.onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" disabled={broken.size > 0 || wrongOrder || (from === undefined && to === undefined)}>
        {t('worklist.rangeApply')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('worklist.range')} onClose={props.onClose} actions={actions} onSubmit={submit}>
      <div class="field-pair">
        <DayField
          label={t('common.from')}
          autoFocus
          value={from}
          onDay={(day, valid) => {
            setFrom(day);
            mark('from', valid);
          }}
        />
        <DayField
          label={t('common.to')}
          value={to}
          error={wrongOrder ? t('worklist.rangeOrder') : undefined}
          onDay={(day, valid) => {
            setTo(day);
            mark('to', valid);
          }}
        />
      </div>
    </Dialog>
  );
}
