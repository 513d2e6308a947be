import { Plus, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { DELIVERY_CLASSES } from '../../api/queues.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Check, SelectField, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import type { RulePartProps } from './rule-dialog.tsx';
import { NEW_SEND, type SetForm } from './rule-form.ts';
import { classWords } from './rule-words.ts';
import { SendRow } from './send-row.tsx';

/** What is done with the images. */
export function RuleActions(props: RulePartProps): VNode {
  const { form, faults, around, onChange } = props;
  const { sends } = form;
  return (
    <fieldset class="rule-part">
      <legend>{t('rules.partActions')}</legend>
      {around.destinations.length === 0 && <Notice kind="warning">{t('rules.noDestinations')}</Notice>}
      <div class="rows">
        {sends.map((send, at) => (
          <SendRow
            key={String(at)}
            send={send}
            place={at + 1}
            destinations={around.destinations}
            onChange={(part) => onChange({ sends: sends.map((other, index) => (index === at ? { ...other, ...part } : other)) })}
            onRemove={() => onChange({ sends: sends.filter((_, index) => index !== at) })}
          />
        ))}
        {faults.sends !== undefined && (
          <span class="field-error" role="alert">
            {faults.sends}
          </span>
        )}
        <span>
          <Button small icon={Plus} onClick={() => onChange({ sends: [...sends, NEW_SEND] })}>
            {t('rules.addSend')}
          </Button>
        </span>
      </div>
      <Check label={t('rules.stop')} note={t('rules.stopNote')} checked={form.stop} onCheck={(stop) => onChange({ stop })} />
      <CopyChanges {...props} />
      <Priors {...props} />
    </fieldset>
  );
}

function CopyChanges({ form, around, onChange }: RulePartProps): VNode {
  const { set, remove, deidentify } = form;
  const used = set.length > 0 || remove !== '' || deidentify !== '';
  const profiles = [...new Set([...around.profiles, ...(deidentify === '' ? [] : [deidentify])])];
  return (
    <details class="rule-more" open={used}>
      <summary>{t('rules.changes')}</summary>
      <div class="rule-more-body">
        <p class="field-hint">{t('rules.changesHint')}</p>
        <SelectField
          label={t('rules.deidentify')}
          hint={t('rules.deidentifyHint')}
          options={[{ value: '', label: t('rules.deidentifyNone') }, ...profiles.map((name) => ({ value: name, label: name }))]}
          value={deidentify}
          onText={(value) => onChange({ deidentify: value })}
        />
        <SetRows set={set} onChange={(rows) => onChange({ set: rows })} />
        <TextField
          label={t('rules.remove')}
          hint={t('rules.removeHint')}
          spellcheck={false}
          autoComplete="off"
          value={remove}
          onText={(text) => onChange({ remove: text })}
        />
      </div>
    </details>
  );
}

function SetRows({
  set,
  onChange,
}: {
  readonly set: readonly SetForm[];
  readonly onChange: (set: readonly SetForm[]) => void;
}): VNode {
  const change = (at: number, part: Partial<SetForm>) =>
    onChange(set.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <div class="rows">
      {set.map(({ name, value }, at) => (
        <fieldset key={String(at)} class="rule-row rule-row-tag" aria-label={t('rules.setRow', { place: at + 1 })}>
          <TextField
            label={t('rules.tag')}
            spellcheck={false}
            autoComplete="off"
            list="rule-tags"
            value={name}
            onText={(text) => change(at, { name: text })}
          />
          <TextField
            label={t('rules.setValue')}
            autoComplete="off"
            value={value}
            onText={(text) => change(at, { value: text })}
          />
          <IconButton
            icon={X}
            label={t('rules.removeTag', { name: name || String(at + 1) })}
            onClick={() => onChange(set.filter((_, index) => index !== at))}
          />
        </fieldset>
      ))}
      <span>
        <Button small icon={Plus} onClick={() => onChange([...set, { name: '', value: '' }])}>
          {t('rules.addSet')}
        </Button>
      </span>
    </div>
  );
}

function Priors({ form, faults, onChange }: RulePartProps): VNode {
  return (
    <details class="rule-more" open={form.priors !== ''}>
      <summary>{t('rules.priors')}</summary>
      <div class="rule-more-body field-trio">
        <TextField
          label={t('rules.priorsCount')}
          hint={t('rules.priorsHint')}
          inputMode="numeric"
          autoComplete="off"
          error={faults.priors}
          value={form.priors}
          onText={(priors) => onChange({ priors })}
        />
        <TextField
          label={t('rules.priorsModality')}
          hint={t('rules.priorsModalityHint')}
          spellcheck={false}
          autoComplete="off"
          value={form.priorsModality}
          onText={(priorsModality) => onChange({ priorsModality })}
        />
        <SelectField
          label={t('rules.class')}
          options={DELIVERY_CLASSES.map((value) => ({ value, label: classWords(value) }))}
          value={form.priorsClass}
          onText={(priorsClass) => onChange({ priorsClass })}
        />
      </div>
    </details>
  );
}
