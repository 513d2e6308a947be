import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { editRules, type RuleFault } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Check, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { faultWords } from '../fault-words.ts';
import { FormProblem } from '../section.tsx';
import { useFaultInSight } from '../use-fault-in-sight.ts';
import { RuleActions } from './rule-actions.tsx';
import { RuleConditions } from './rule-conditions.tsx';
import { type RuleFaults, type RuleForm, ruleFaults, ruleForm, ruleOf } from './rule-form.ts';
import { ruleWords } from './rule-words.ts';
import type { Surroundings } from './rules-page.tsx';
import type { Draft } from './use-draft.ts';

export interface RuleDialogProps {
  readonly draft: Draft;
  /** Undefined for a new one. */
  readonly at: number | undefined;
  readonly around: Surroundings;
  readonly onClose: () => void;
}

/** What the parts of the form share. */
export interface RulePartProps {
  readonly form: RuleForm;
  readonly faults: RuleFaults;
  readonly around: Surroundings;
  readonly onChange: (part: Partial<RuleForm>) => void;
}

export function RuleDialog({ draft, at, around, onClose }: RuleDialogProps): VNode {
  const { client } = useApp();
  const rules = draft.rules ?? [];
  const rule = at === undefined ? undefined : rules[at];
  const [form, setForm] = useState(() => ruleForm(rule));
  const [attempts, setAttempts] = useState(0);
  const [refused, setRefused] = useState<readonly RuleFault[]>([]);
  const sending = useSending();
  const sight = useFaultInSight(attempts);
  const others = rules.filter((_, index) => index !== at).map(({ name }) => name);
  const faults = attempts > 0 ? ruleFaults(form, others) : {};
  const submit = async () => {
    setRefused([]);
    setAttempts(attempts + 1);
    if (Object.keys(ruleFaults(form, others)).length > 0) {
      return;
    }
    const made = ruleOf(form);
    await sending.run(async () => {
      const change = at === undefined ? ({ kind: 'add', rule: made } as const) : ({ kind: 'change', at, rule: made } as const);
      const edited = await editRules(client, draft.document, change);
      const own = edited.problems.filter(({ rule: name }) => name === undefined || name === made.name);
      if (own.length > 0) {
        setRefused(own);
        setAttempts(attempts + 2);
        return;
      }
      draft.take(edited);
      onClose();
    });
  };
  const change = (part: Partial<RuleForm>) => {
    setForm({ ...form, ...part });
    // It was said of the rule as it was.
    setRefused([]);
  };
  const parts = { form, faults, around, onChange: change };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('rules.toDraft')}
      </Button>
    </>
  );
  return (
    <Dialog
      wide
      title={t(at === undefined ? 'rules.add' : 'rules.edit')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <span ref={sight} hidden />
      <TextField
        label={t('rules.name')}
        required
        autoFocus={at === undefined}
        maxLength={100}
        autoComplete="off"
        hint={t('rules.nameHint')}
        error={faults.name}
        value={form.name}
        onText={(name) => parts.onChange({ name })}
      />
      <RuleConditions {...parts} />
      <RuleActions {...parts} />
      <Check
        label={t('rules.enabled')}
        note={t('rules.enabledNote')}
        checked={form.enabled}
        onCheck={(enabled) => parts.onChange({ enabled })}
      />
      <FormProblem problem={sending.problem} />
      {refused.length > 0 && <Refusal problems={refused} />}
      <Reading form={form} around={around} />
    </Dialog>
  );
}

/** The rule as it will read, while it is being written. */
function Reading({ form, around }: Pick<RulePartProps, 'form' | 'around'>): VNode {
  const { session } = useApp();
  const { images, actions } = ruleWords(ruleOf(form), {
    destinations: around.destinations,
    facilityName: session.facilityName,
  });
  return (
    <div class="rule-reading" role="status">
      <span class="field-label">{t('rules.reads')}</span>
      <p>
        {images} → {actions.length === 0 ? '…' : actions.join('; ')}
      </p>
    </div>
  );
}

function Refusal({ problems }: { readonly problems: readonly RuleFault[] }): VNode {
  return (
    <Notice kind="danger">
      {problems.map(({ line, column, message }) => (
        <p key={`${line}.${column}`}>{faultWords(message)}</p>
      ))}
    </Notice>
  );
}
