import type { VNode } from 'preact';
import { SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import type { DestinationPartProps } from './destination-dialog.tsx';
import { WHEN_MODES } from './destination-form.ts';

export interface DestinationWhenProps extends DestinationPartProps {
  /** Names of the rules that send there. */
  readonly rules: readonly string[];
}

/** What goes there: what the rules send, and what the destination asks for itself. */
export function DestinationWhen({ form, faults, rules, onChange }: DestinationWhenProps): VNode {
  return (
    <>
      <SelectField
        label={t('destinations.when')}
        hint={
          rules.length === 0
            ? t(`destinations.whenHint_${form.when}`)
            : `${t(`destinations.whenHint_${form.when}`)} ${t('destinations.byRules', { rules: rules.join(', ') })}`
        }
        options={WHEN_MODES.map((mode) => ({ value: mode, label: t(`destinations.when_${mode}`) }))}
        value={form.when}
        onText={(value) => onChange({ when: WHEN_MODES.find((mode) => mode === value) ?? 'rules' })}
      />
      {form.when === 'some' && (
        <div class="field-pair">
          <TextField
            label={t('destinations.callingAes')}
            hint={t('destinations.callingAesHint')}
            spellcheck={false}
            autoComplete="off"
            error={faults.callingAes}
            value={form.callingAes}
            onText={(callingAes) => onChange({ callingAes })}
          />
          <TextField
            label={t('aes.modalities')}
            hint={t('aes.modalitiesHint')}
            spellcheck={false}
            autoComplete="off"
            error={faults.modalities}
            value={form.modalities}
            onText={(modalities) => onChange({ modalities })}
          />
        </div>
      )}
    </>
  );
}
