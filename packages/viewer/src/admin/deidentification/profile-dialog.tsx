import type { VNode } from 'preact';
import { deleteProfile, type NamedProfile, PLAIN_OPTIONS, putProfile, RISKS } from '../../api/deidentification.ts';
import { useApp } from '../../app/context.ts';
import { Check, SelectField, TextAreaField, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { DeleteButton } from '../asked-button.tsx';
import { FormDialog, useForm } from '../form-dialog.tsx';
import { type ProfileFaults, type ProfileForm, profileFaults, profileForm, profileOf } from './profile-form.ts';
import { RegionsEditor } from './regions-editor.tsx';

export interface ProfileDialogProps {
  /** Undefined for a new one. */
  readonly profile: NamedProfile | undefined;
  readonly names: readonly string[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

interface PartProps {
  readonly form: ProfileForm;
  readonly faults: ProfileFaults;
  readonly onChange: (part: Partial<ProfileForm>) => void;
}

export function ProfileDialog({ profile, names, onClose, onSaved }: ProfileDialogProps): VNode {
  const { client } = useApp();
  const state = useForm<ProfileForm, ProfileFaults>({
    start: () => profileForm(profile),
    faultsOf: (form) => profileFaults(form, profile === undefined ? names : []),
    save: (form) => putProfile(client, profileOf(form)),
    onSaved,
  });
  const { form, onChange } = state;
  const remove = profile !== undefined && (
    <DeleteButton
      label={t('deidentification.delete')}
      title={t('deidentification.deleteTitle', { name: profile.name })}
      text={t('deidentification.deleteText')}
      remove={() => deleteProfile(client, profile.name)}
      onDone={onSaved}
    />
  );
  return (
    <FormDialog
      wide
      title={profile === undefined ? t('deidentification.add') : t('deidentification.edit', { name: profile.name })}
      state={state}
      remove={remove}
      onClose={onClose}
    >
      {profile !== undefined && <Notice>{t('deidentification.fromNextOn')}</Notice>}
      <Names {...state} isNew={profile === undefined} />
      <Dates {...state} />
      <Options {...state} />
      <fieldset class="rule-part">
        <legend>{t('deidentification.partRegions')}</legend>
        <p class="field-hint">{t('deidentification.partRegionsHint')}</p>
        <RegionsEditor regions={form.regions} onChange={(regions) => onChange({ regions })} />
      </fieldset>
      <Risks {...state} />
    </FormDialog>
  );
}

function Names({ form, faults, isNew, onChange }: PartProps & { readonly isNew: boolean }): VNode {
  return (
    <>
      <TextField
        label={t('deidentification.name')}
        required
        autoFocus={isNew}
        disabled={!isNew}
        hint={t('deidentification.nameHint')}
        error={faults.name}
        maxLength={64}
        spellcheck={false}
        autoComplete="off"
        value={form.name}
        onText={(name) => onChange({ name })}
      />
      <div class="field-pair">
        <TextField
          label={t('deidentification.prefix')}
          hint={t('deidentification.prefixHint')}
          error={faults.pseudonymPrefix}
          maxLength={20}
          spellcheck={false}
          autoComplete="off"
          value={form.pseudonymPrefix}
          onText={(pseudonymPrefix) => onChange({ pseudonymPrefix })}
        />
        <TextField
          label={t('deidentification.scope')}
          hint={t('deidentification.scopeHint')}
          error={faults.scope}
          maxLength={64}
          spellcheck={false}
          autoComplete="off"
          value={form.scope}
          onText={(scope) => onChange({ scope })}
        />
      </div>
    </>
  );
}

const DATES = ['removed', 'moved', 'kept'] as const;

function Dates({ form, faults, onChange }: PartProps): VNode {
  return (
    <div class="field-pair">
      <SelectField
        label={t('deidentification.dates')}
        hint={t(`deidentification.datesHint_${form.dates}`)}
        options={DATES.map((value) => ({ value, label: t(`deidentification.dates_${value}`) }))}
        value={form.dates}
        onText={(value) => onChange({ dates: DATES.find((known) => known === value) ?? 'removed' })}
      />
      {form.dates === 'moved' && (
        <TextField
          label={t('deidentification.shiftDays')}
          hint={t('deidentification.shiftDaysHint')}
          error={faults.shiftDays}
          inputMode="numeric"
          autoComplete="off"
          placeholder="3652"
          value={form.shiftDays}
          onText={(shiftDays) => onChange({ shiftDays })}
        />
      )}
    </div>
  );
}

function Options({ form, faults, onChange }: PartProps): VNode {
  return (
    <fieldset class="rule-part">
      <legend>{t('deidentification.partOptions')}</legend>
      <p class="field-hint">{t('deidentification.partOptionsHint')}</p>
      <div class="checks checks-two">
        {PLAIN_OPTIONS.map((option) => (
          <Check
            key={option}
            label={t(`deidentification.option_${option}`)}
            note={t(`deidentification.optionNote_${option}`)}
            checked={form.options.includes(option)}
            onCheck={(on) =>
              onChange({ options: PLAIN_OPTIONS.filter((known) => (known === option ? on : form.options.includes(known))) })
            }
          />
        ))}
      </div>
      {form.options.includes('retainSafePrivate') && (
        <TextAreaField
          label={t('deidentification.keepPrivate')}
          hint={t('deidentification.keepPrivateHint')}
          error={faults.keepPrivate}
          value={form.keepPrivate}
          onText={(keepPrivate) => onChange({ keepPrivate })}
        />
      )}
    </fieldset>
  );
}

function Risks({ form, onChange }: PartProps): VNode {
  return (
    <fieldset class="rule-part">
      <legend>{t('deidentification.partRisks')}</legend>
      <p class="field-hint">{t('deidentification.partRisksHint')}</p>
      <div class="checks checks-two">
        {RISKS.map((risk) => (
          <Check
            key={risk}
            label={t(`deidentification.risk_${risk}`)}
            checked={form.accept.includes(risk)}
            onCheck={(on) => onChange({ accept: RISKS.filter((known) => (known === risk ? on : form.accept.includes(known))) })}
          />
        ))}
      </div>
    </fieldset>
  );
}
