import { CalendarRange, FilterX } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ORDER_STATES, type OrderState } from '../api/order-state.ts';

import type { Station } from '../api/stations.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import { ChipGroup } from '../worklist/chip-group.tsx';
import { RangeDialog, rangeText } from '../worklist/range-dialog.tsx';
import { modalityName } from '../worklist/words.ts';
import { ORDER_MODALITIES } from './modalities.ts';
import { isNarrowed, ORDER_DAYS, type OrderDays, type OrderFilters, TODAY, writeOrderFilters } from './order-filters.ts';
import { OrderSearch } from './order-search.tsx';

const DAY_TEXTS: Readonly<Record<OrderDays, TextKey>> = {
  yesterday: 'worklist.yesterday',
  today: 'worklist.today',
  tomorrow: 'orders.tomorrow',
  next7: 'orders.next7',
  all: 'orders.allDates',
};

interface PartProps {
  readonly filters: OrderFilters;
  readonly onChange: (part: Partial<OrderFilters>) => void;
}

export function OrderFilterBar({
  filters,
  stations,
}: {
  readonly filters: OrderFilters;
  readonly stations: readonly Station[];
}): VNode {
  const { navigator } = useApp();
  const change = (part: Partial<OrderFilters>) => navigator.go(writeOrderFilters({ ...filters, ...part }));
  return (
    <div class="filter-bar">
      <OrderSearch q={filters.q} onSearch={(q) => navigator.replace(writeOrderFilters({ ...filters, q }))} />
      <DayFilter filters={filters} onChange={change} />
      <StateFilter filters={filters} onChange={change} />
      <MachineFilters filters={filters} stations={stations} onChange={change} />
      {isNarrowed(filters) && (
        <Button small kind="quiet" icon={FilterX} class="filter-clear" onClick={() => change(TODAY)}>
          {t('worklist.clearFilters')}
        </Button>
      )}
    </div>
  );
}

function DayFilter({ filters, onChange }: PartProps): VNode {
  const [choosing, setChoosing] = useState(false);
  return (
    <ChipGroup label="orders.dates">
      {ORDER_DAYS.map((days) => (
        <button
          key={days}
          type="button"
          class="chip"
          aria-pressed={filters.days === days}
          onClick={() => onChange({ days, from: undefined, to: undefined })}
        >
          {t(DAY_TEXTS[days])}
        </button>
      ))}
      <button
        type="button"
        class="chip"
        aria-pressed={filters.days === undefined}
        aria-haspopup="dialog"
        onClick={() => setChoosing(true)}
      >
        <CalendarRange size={14} aria-hidden="true" />
        {filters.days === undefined ? rangeText(filters) : t('worklist.range')}
      </button>
      {choosing && (
        <RangeDialog
          from={filters.from}
          to={filters.to}
          onClose={() => setChoosing(false)}
          onRange={(from, to) => {
            setChoosing(false);
            onChange({ days: undefined, from, to });
          }}
        />
      )}
    </ChipGroup>
  );
}

function StateFilter({ filters, onChange }: PartProps): VNode {
  const { states } = filters;
  const toggle = (state: OrderState) =>
    onChange({ states: ORDER_STATES.filter((known) => (known === state) !== states.includes(known)) });
  return (
    <ChipGroup label="orders.states">
      {ORDER_STATES.map((state) => (
        <button key={state} type="button" class="chip" aria-pressed={states.includes(state)} onClick={() => toggle(state)}>
          <span class={`state-dot state-dot-${state}`} aria-hidden="true" />
          {t(`orders.state_${state}`)}
        </button>
      ))}
    </ChipGroup>
  );
}

function MachineFilters({ filters, stations, onChange }: PartProps & { readonly stations: readonly Station[] }): VNode {
  const { modality, station } = filters;
  const modalities = [...new Set([...ORDER_MODALITIES, ...(modality === undefined ? [] : [modality])])];
  const titles = [...new Set([...stations.map(({ title }) => title), ...(station === undefined ? [] : [station])])].sort();
  return (
    <span class="order-selects">
      <Choice label="orders.modality" value={modality} any="orders.anyModality" onChoose={(code) => onChange({ modality: code })}>
        {modalities.map((code) => (
          <option key={code} value={code}>
            {modalityName(code)}
          </option>
        ))}
      </Choice>
      <Choice label="orders.station" value={station} any="orders.anyStation" onChoose={(title) => onChange({ station: title })}>
        {titles.map((title) => (
          <option key={title} value={title}>
            {title}
          </option>
        ))}
      </Choice>
    </span>
  );
}

interface ChoiceProps {
  readonly label: TextKey;
  readonly any: TextKey;
  readonly value: string | undefined;
  readonly onChoose: (value: string | undefined) => void;
  readonly children: ComponentChildren;
}

function Choice({ label, any, value, onChoose, children }: ChoiceProps): VNode {
  return (
    <select
      class={`input order-select${value === undefined ? '' : ' order-select-set'}`}
      aria-label={t(label)}
      value={value ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value || undefined)}
    >
      <option value="">{t(any)}</option>
      {children}
    </select>
  );
}
