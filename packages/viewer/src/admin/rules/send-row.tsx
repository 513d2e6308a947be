import { X } from 'lucide-preact';
import type { VNode } from 'preact';
import { BASES } from '../../api/destinations.ts';
import { DELIVERY_CLASSES } from '../../api/queues.ts';
import { SYNTAXES } from '../../api/rules.ts';
import { IconButton } from '../../design/button.tsx';
import { SelectField, TextField } from '../../design/field.tsx';
import { t, textOf } from '../../i18n/index.ts';
import type { SendForm } from './rule-form.ts';
import { classWords, type DestinationName, destinationName, syntaxWords } from './rule-words.ts';

export interface SendRowProps {
  readonly send: SendForm;
  readonly place: number;
  readonly destinations: readonly DestinationName[];
  readonly onChange: (part: Partial<SendForm>) => void;
  readonly onRemove: () => void;
}

/** One destination that gets the images, and how. */
export function SendRow({ send, place, destinations, onChange, onRemove }: SendRowProps): VNode {
  const known = destinations.map(({ id }) => id);
  const ids = known.includes(send.to) || send.to === '' ? known : [...known, send.to];
  const syntaxes = SYNTAXES.includes(send.syntax) || send.syntax === '' ? SYNTAXES : [...SYNTAXES, send.syntax];
  const chosen = destinations.find(({ id }) => id === send.to);
  const needsBasis = chosen?.site !== undefined && chosen.basis === undefined;
  return (
    <fieldset class="send-row" aria-label={t('rules.sendRow', { place })}>
      <div class="rule-row rule-row-send">
        <SelectField
          label={t('rules.to')}
          required
          options={[
            { value: '', label: t('rules.chooseTo') },
            ...ids.map((id) => ({ value: id, label: destinationName(id, destinations) })),
          ]}
          value={send.to}
          onText={(to) => onChange({ to })}
        />
        <SelectField
          label={t('rules.class')}
          options={DELIVERY_CLASSES.map((value) => ({ value, label: classWords(value) }))}
          value={send.class}
          onText={(value) => onChange({ class: value })}
        />
        <TextField
          label={t('rules.hold')}
          hint={t('rules.holdHint')}
          autoComplete="off"
          value={send.hold}
          onText={(hold) => onChange({ hold })}
        />
        <IconButton icon={X} label={t('rules.removeSend', { name: send.to || String(place) })} onClick={onRemove} />
      </div>
      <div class="rule-row rule-row-send">
        <SelectField
          label={t('rules.basis')}
          required={needsBasis}
          {...(needsBasis ? { hint: t('rules.basisNeeded') } : {})}
          options={[
            { value: '', label: t('rules.basisNone') },
            ...BASES.map((value) => ({ value, label: textOf('rules', `basis_${value}`) ?? value })),
          ]}
          value={send.basis}
          onText={(value) => onChange({ basis: BASES.find((basis) => basis === value) ?? '' })}
        />
        <TextField
          label={t('rules.evidence')}
          autoComplete="off"
          disabled={send.basis === ''}
          value={send.evidence}
          onText={(evidence) => onChange({ evidence })}
        />
        <SelectField
          label={t('rules.syntax')}
          options={[
            { value: '', label: t('rules.syntaxNone') },
            ...syntaxes.map((value) => ({ value, label: syntaxWords(value) })),
          ]}
          value={send.syntax}
          onText={(syntax) => onChange({ syntax })}
        />
      </div>
    </fieldset>
  );
}
