import { Building2, FilterX } from 'lucide-preact';
import type { VNode } from 'preact';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { ChipGroup, type FilterProps } from './chip-group.tsx';
import { DateFilter } from './date-filter.tsx';
import { type Filters, isFiltered, NO_FILTERS, writeFilters } from './filters.ts';
import { ModalityMenu } from './modality-menu.tsx';
import { SearchField } from './search-field.tsx';
import { modalityName } from './words.ts';

interface ModalityChip {
  readonly label: string;
  readonly codes: readonly string[];
  readonly title: string;
}

/** Computed and digital radiography are one kind to a doctor. */
function modalityChips(): readonly ModalityChip[] {
  const named = (code: string, label: string): ModalityChip => ({ label, codes: [code], title: modalityName(code) });
  return [
    { label: t('worklist.xray'), codes: ['CR', 'DX'], title: 'CR, DX' },
    named('CT', 'CT'),
    named('MR', 'MRI'),
    named('US', t('worklist.ultrasound')),
    named('MG', t('worklist.mammography')),
    named('XA', 'DSA'),
  ];
}

export function FilterBar({ filters }: { readonly filters: Filters }): VNode {
  const { navigator } = useApp();
  const change = (part: Partial<Filters>) => navigator.go(writeFilters({ ...filters, ...part }));
  return (
    <div class="filter-bar">
      <SearchField filters={filters} />
      <DateFilter filters={filters} onChange={change} />
      <ModalityFilter filters={filters} onChange={change} />
      <FacilityFilter filters={filters} onChange={change} />
      {isFiltered(filters) && (
        <Button small kind="quiet" icon={FilterX} class="filter-clear" onClick={() => change(NO_FILTERS)}>
          {t('worklist.clearFilters')}
        </Button>
      )}
    </div>
  );
}

function ModalityFilter({ filters, onChange }: FilterProps): VNode {
  const { modalities } = filters;
  const chips = modalityChips();
  const toggle = ({ codes }: ModalityChip) => {
    const on = codes.every((code) => modalities.includes(code));
    const others = modalities.filter((code) => !codes.includes(code));
    onChange({ modalities: on ? others : [...others, ...codes] });
  };
  return (
    <ChipGroup label="worklist.modalities">
      {chips.map((chip) => (
        <button
          key={chip.label}
          type="button"
          class="chip"
          title={chip.title}
          aria-pressed={chip.codes.every((code) => modalities.includes(code))}
          onClick={() => toggle(chip)}
        >
          {chip.label}
        </button>
      ))}
      <ModalityMenu filters={filters} onChange={onChange} shown={chips.flatMap((chip) => chip.codes)} />
    </ChipGroup>
  );
}

function FacilityFilter({ filters, onChange }: FilterProps): VNode | null {
  const facilities = useApp().session.session.value?.facilities ?? [];
  if (facilities.length < 2) {
    return null;
  }
  return (
    <span class="facility-filter">
      <Building2 size={16} aria-hidden="true" />
      <select
        class="input"
        aria-label={t('worklist.facility')}
        value={filters.facility ?? ''}
        onChange={(event) => onChange({ facility: event.currentTarget.value || undefined })}
      >
        <option value="">{t('worklist.allFacilities')}</option>
        {facilities.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
