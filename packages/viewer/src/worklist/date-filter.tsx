import { CalendarRange } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type TextKey, t } from '../i18n/index.ts';
import { ChipGroup, type FilterProps } from './chip-group.tsx';
import { DATE_PRESETS, type DatePreset, hasDates } from './filters.ts';
import { RangeDialog, rangeText } from './range-dialog.tsx';

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
          from={filters.from}
          to={filters.to}
          onClose={() => setChoosing(false)}
          onRange={(from, to) => {
            setChoosing(false);
            onChange({ preset: undefined, from, to });
          }}
        />
      )}
    </ChipGroup>
  );
}
