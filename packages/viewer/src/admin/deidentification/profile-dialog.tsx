import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { deleteProfile, type NamedProfile, PLAIN_OPTIONS, putProfile, RISKS } from '../../api/deidentification.ts';
import { useApp } from '../../app/context.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button } from '../../design/button.tsx';
import { Confirm, Dialog } from '../../design/dialog.tsx';
import { Check, SelectField, TextAreaField, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import { FormProblem } from '../section.tsx';
import { useFaultInSight } from '../use-fault-in-sight.ts';
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
  const sending = useSending();
  const [form, setForm] = useState(() => profileForm(profile));
  const [attempts, setAttempts] = useState(0);
  const sight = useFaultInSight(attempts);
  const others = profile === undefined ? names : [];
  const faults = attempts > 0 ? profileFaults(form, others) : {};
  const submit = async () => {
    setAttempts(attempts + 1);
    if (Object.keys(profileFaults(form, others)).length > 0) {
      return;
    }
    if (await sending.run(() => putProfile(client, profileOf(form)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  const parts = { form, faults, onChange: (part: Partial<ProfileForm>) => setForm({ ...form, ...part }) };
  const actions = (
    <>
      {profile !== undefined && <DeleteProfile name={profile.name} onDeleted={onSaved} />}
      <span class="grow" />
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  return (
    <Dialog
      wide
      title={profile === undefined ? t('deidentification.add') : t('deidentification.edit', { name: profile.name })}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <span ref={sight} hidden />
      <FormProblem problem={sending.problem} />
      {profile !== undefined && <Notice>{t('deidentification.fromNextOn')}</Notice>}
      <Names {...parts} isNew={profile === undefined} />
      <Dates {...parts} />
      <Options {...parts} />
      <fieldset class="rule-part">
        <legend>{t('deidentification.partRegions')}</legend>
        <p class="field-hint">{t('deidentification.partRegionsHint')}</p>
        <RegionsEditor regions={form.regions} onChange={(regions) => parts.onChange({ regions })} />
      </fieldset>
      <Risks {...parts} />
    </Dialog>
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

function DeleteProfile({ name, onDeleted }: { readonly name: string; readonly onDeleted: () => void }): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (await sending.run(() => deleteProfile(client, name))) {
      toast('success', t('admin.deleted'));
      onDeleted();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('deidentification.delete')}
      </Button>
      {asking && (
        <Confirm
          title={t('deidentification.deleteTitle', { name })}
          text={t('deidentification.deleteText')}
          action={t('deidentification.delete')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
