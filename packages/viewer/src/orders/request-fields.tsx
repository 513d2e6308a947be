import type { VNode } from 'preact';
import { PRIORITIES } from '../api/orders.ts';
import { useApp } from '../app/context.ts';
import { SelectField, TextAreaField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import type { FormPartProps } from './order-dialog.tsx';
import { PREGNANCY_CODES, pregnancyWords } from './words.ts';

/** What is asked for, by whom, and what the person at the machine must know. */
export function RequestFields({ form, errors, onChange, isNew }: FormPartProps & { readonly isNew: boolean }): VNode {
  const several = (useApp().session.session.value?.facilities.length ?? 0) > 1;
  return (
    <fieldset class="order-group">
      <legend class="order-section">{t('orders.request')}</legend>
      <div class="order-grid">
        <div class={several ? 'order-wide' : 'order-wider'}>
          <TextField
            label={t('orders.description')}
            required
            autoComplete="off"
            maxLength={64}
            hint={t('orders.descriptionHint')}
            error={errors.get('description')}
            value={form.description}
            onText={(description) => onChange({ description })}
          />
        </div>
        <TextField
          label={t('orders.accession')}
          disabled={!isNew}
          autoComplete="off"
          spellcheck={false}
          maxLength={16}
          {...(isNew ? { hint: t('orders.accessionHint') } : {})}
          error={errors.get('accessionNumber')}
          value={form.accessionNumber}
          onText={(accessionNumber) => onChange({ accessionNumber })}
        />
        <Facility form={form} errors={errors} onChange={onChange} isNew={isNew} />
        <Priority form={form} errors={errors} onChange={onChange} />
        <TextField
          label={t('orders.service')}
          autoComplete="off"
          maxLength={64}
          error={errors.get('requestingService')}
          value={form.requestingService}
          onText={(requestingService) => onChange({ requestingService })}
        />
        <TextField
          label={t('orders.doctor')}
          autoComplete="off"
          maxLength={64}
          error={errors.get('referringPhysician')}
          value={form.referringPhysician}
          onText={(referringPhysician) => onChange({ referringPhysician })}
        />
      </div>
      <TextAreaField
        label={t('orders.clinical')}
        placeholder={t('orders.clinicalHint')}
        error={errors.get('clinicalInfo')}
        value={form.clinicalInfo}
        onText={(clinicalInfo) => onChange({ clinicalInfo })}
      />
      <Safety form={form} errors={errors} onChange={onChange} />
    </fieldset>
  );
}

function Priority({ form, onChange }: FormPartProps): VNode {
  return (
    <fieldset class="order-priorities">
      <legend class="field-label">{t('orders.priority')}</legend>
      {PRIORITIES.map((priority) => (
        <label key={priority} class={`order-priority order-priority-${priority}`}>
          <input type="radio" name="priority" checked={form.priority === priority} onChange={() => onChange({ priority })} />
          {t(`orders.priority_${priority}`)}
        </label>
      ))}
    </fieldset>
  );
}

function Facility({ form, errors, onChange, isNew }: FormPartProps & { readonly isNew: boolean }): VNode | null {
  const facilities = useApp().session.session.value?.facilities ?? [];
  return facilities.length < 2 ? null : (
    <SelectField
      label={t('orders.facility')}
      disabled={!isNew}
      error={errors.get('facility')}
      options={facilities.map(({ id, name }) => ({ value: id, label: name }))}
      value={form.facility}
      onText={(facility) => onChange({ facility })}
    />
  );
}

/** Folded away while nothing of it is stated. */
function Safety({ form, errors, onChange }: FormPartProps): VNode {
  const stated = form.pregnancyStatus !== '' || form.weight !== '' || form.allergies !== '';
  const codes: readonly string[] = PREGNANCY_CODES;
  const others = form.pregnancyStatus === '' || codes.includes(form.pregnancyStatus) ? [] : [form.pregnancyStatus];
  return (
    <details class="order-safety" open={stated || errors.has('weight')}>
      <summary>{t('orders.safety')}</summary>
      <div class="order-grid">
        <SelectField
          label={t('orders.pregnancy')}
          error={errors.get('pregnancyStatus')}
          options={[
            { value: '', label: t('orders.pregnancy_none') },
            ...[...codes, ...others].map((code) => ({ value: code, label: pregnancyWords(code) })),
          ]}
          value={form.pregnancyStatus}
          onText={(pregnancyStatus) => onChange({ pregnancyStatus })}
        />
        <TextField
          label={t('orders.weight')}
          autoComplete="off"
          error={errors.get('weight')}
          value={form.weight}
          onText={(weight) => onChange({ weight })}
        />
        <div class="order-wide">
          <TextField
            label={t('orders.allergies')}
            autoComplete="off"
            maxLength={64}
            error={errors.get('allergies')}
            value={form.allergies}
            onText={(allergies) => onChange({ allergies })}
          />
        </div>
      </div>
    </details>
  );
}
