import { CalendarRange } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatDate } from '../i18n/format.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { ChipGroup, type FilterProps } from './chip-group.tsx';
import { DATE_PRESETS, type DatePreset, type Filters, hasDates } from './filters.ts';

const PRESET_TEXTS: Readonly<Record<DatePreset, TextKey>> = {
  today: 'worklist.today',
  yesterday: 'worklist.yesterday',
  '7d': 'worklist.last7',
  '30d': 'worklist.last30',
};

const NO_DATES = { preset: undefined, from: undefined, to: undefined };

export function DateFilter({ filters, onChange }: FilterProps): VNode {
  const [choosing, setChoosing] = useState(false);
  const ranged = filters.preset === undefined && hasDates(filters);
  return (
    <ChipGroup label="worklist.dates">
      <button type="button" class="chip" aria-pressed={!hasDates(filters)} onClick={() => onChange(NO_DATES)}>
        {t('worklist.anyDate')}
      </button>
      {DATE_PRESETS.map((preset) => (
        <button
          key={preset}
          type="button"
          class="chip"
          aria-pressed={filters.preset === preset}
          onClick={() => onChange({ ...NO_DATES, preset: filters.preset === preset ? undefined : preset })}
        >
          {t(PRESET_TEXTS[preset])}
        </button>
      ))}
      <button type="button" class="chip" aria-pressed={ranged} aria-haspopup="dialog" onClick={() => setChoosing(true)}>
        <CalendarRange size={14} aria-hidden="true" />
        {ranged ? rangeText(filters) : t('worklist.range')}
      </button>
      {choosing && (
        <RangeDialog
          filters={filters}
          onClose={() => setChoosing(false)}
          onChange={(part) => {
            setChoosing(false);
            onChange(part);
          }}
        />
      )}
    </ChipGroup>
  );
}

function rangeText({ from, to }: Filters): string {
  const days = { from: formatDate(from), to: formatDate(to) };
  return t(from === undefined ? 'worklist.rangeTo' : to === undefined ? 'worklist.rangeFrom' : 'worklist.rangeBoth', days);
}

function RangeDialog({ filters, onChange, onClose }: FilterProps & { readonly onClose: () => void }): VNode {
  const [from, setFrom] = useState<string | undefined>(filters.from);
  const [to, setTo] = useState<string | undefined>(filters.to);
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const mark = (field: string, valid: boolean) =>
    setBroken(new Set([...[...broken].filter((other) => other !== field), ...(valid ? [] : [field])]));
  const wrongOrder = from !== undefined && to !== undefined && from > to;
  const submit = () => {
    if (broken.size === 0 && !wrongOrder && (from !== undefined || to !== undefined)) {
      onChange({ preset: undefined, from, to });
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" disabled={broken.size > 0 || wrongOrder || (from === undefined && to === undefined)}>
        {t('worklist.rangeApply')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('worklist.range')} onClose={onClose} actions={actions} onSubmit={submit}>
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
