import type { VNode } from 'preact';
import { BASES } from '../api/destinations.ts';
import { SelectField, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import type { DestinationPartProps } from './destination-dialog.tsx';
import { FormPart } from './form-part.tsx';

/** Whose it is, where it belongs to another facility, and why that may be given the images. */
export function DestinationSharing({ form, faults, onChange }: DestinationPartProps): VNode {
  return (
    <FormPart title={t('destinations.sharing')} open={form.kind === 'filmless' || form.site !== '' || form.basis !== ''}>
      <p class="soft">{t('destinations.sharingText')}</p>
      <TextField
        label={t('destinations.site')}
        hint={t('destinations.siteHint')}
        autoComplete="off"
        maxLength={200}
        error={faults.site}
        value={form.site}
        onText={(site) => onChange({ site })}
      />
      <div class="field-pair">
        <SelectField
          label={t('destinations.basis')}
          hint={t('destinations.basisHint')}
          options={[
            { value: '', label: t('destinations.basis_rules') },
            ...BASES.map((basis) => ({ value: basis, label: t(`destinations.basis_${basis}`) })),
          ]}
          value={form.basis}
          onText={(value) => onChange({ basis: BASES.find((basis) => basis === value) ?? '' })}
        />
        {form.basis !== '' && (
          <TextField
            label={t('destinations.evidence')}
            hint={t('destinations.evidenceHint')}
            autoComplete="off"
            maxLength={200}
            value={form.evidence}
            onText={(evidence) => onChange({ evidence })}
          />
        )}
      </div>
      {form.site !== '' && form.basis === '' && <Notice>{t('destinations.basisMissing')}</Notice>}
    </FormPart>
  );
}
