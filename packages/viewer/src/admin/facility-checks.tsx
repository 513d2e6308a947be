import type { VNode } from 'preact';
import type { Facility } from '../api/facilities.ts';
import { Check } from '../design/field.tsx';
import { t } from '../i18n/index.ts';

export interface FacilityChecksProps {
  readonly facilities: readonly Facility[];
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

export function FacilityChecks({ facilities, chosen, error, onChange }: FacilityChecksProps): VNode {
  return (
    <fieldset class="field">
      <legend class="field-label">{t('admin.colFacilities')}</legend>
      <div class="checks">
        {facilities.map(({ id, name }) => (
          <Check
            key={id}
            label={name}
            checked={chosen.includes(id)}
            onCheck={(on) => onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
          />
        ))}
      </div>
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}
