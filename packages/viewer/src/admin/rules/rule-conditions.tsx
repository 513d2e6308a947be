import { Plus, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { useApp } from '../../app/context.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Check, Field, TextField } from '../../design/field.tsx';
import { t } from '../../i18n/index.ts';
import type { RulePartProps } from './rule-dialog.tsx';
import type { TagForm } from './rule-form.ts';
import { COMMON_TAGS, tagLabel } from './rule-words.ts';

const TAGS = 'rule-tags';
const TITLES = 'rule-titles';

/** Which images a rule is for. */
export function RuleConditions({ form, around, onChange }: RulePartProps): VNode {
  const { session } = useApp();
  const facilities = session.session.value?.facilities ?? [];
  const known = new Set(facilities.map(({ id }) => id));
  const strangers = form.facility.filter((id) => !known.has(id)).map((id) => ({ id, name: id }));
  return (
    <fieldset class="rule-part">
      <legend>{t('rules.partImages')}</legend>
      <p class="field-hint">{t('rules.partImagesHint')}</p>
      <TagRows form={form} onChange={onChange} />
      <div class="field-pair">
        <TextField
          label={t('rules.callingAe')}
          hint={t('rules.callingAeHint')}
          list={TITLES}
          spellcheck={false}
          autoComplete="off"
          value={form.callingAe}
          onText={(callingAe) => onChange({ callingAe })}
        />
        <TextField
          label={t('rules.address')}
          hint={t('rules.addressHint')}
          spellcheck={false}
          autoComplete="off"
          value={form.address}
          onText={(address) => onChange({ address })}
        />
      </div>
      <datalist id={TITLES}>
        {around.aes.map((title) => (
          <option key={title} value={title} />
        ))}
      </datalist>
      <TextField
        label={t('rules.hours')}
        hint={t('rules.hoursHint')}
        autoComplete="off"
        value={form.hours}
        onText={(hours) => onChange({ hours })}
      />
      {facilities.length + strangers.length > 1 && (
        <fieldset class="field">
          <legend class="field-label">{t('rules.facility')}</legend>
          <div class="checks checks-two">
            {[...facilities, ...strangers].map(({ id, name }) => (
              <Check
                key={id}
                label={name}
                checked={form.facility.includes(id)}
                onCheck={(on) =>
                  onChange({ facility: on ? [...form.facility, id] : form.facility.filter((other) => other !== id) })
                }
              />
            ))}
          </div>
          <span class="field-hint">{t('rules.facilityHint')}</span>
        </fieldset>
      )}
      <Check
        label={t('rules.complete')}
        note={t('rules.completeNote')}
        checked={form.complete}
        onCheck={(complete) => onChange({ complete })}
      />
    </fieldset>
  );
}

function TagRows({ form: { tags }, onChange }: Pick<RulePartProps, 'form' | 'onChange'>): VNode {
  const change = (at: number, part: Partial<TagForm>) =>
    onChange({ tags: tags.map((tag, index) => (index === at ? { ...tag, ...part } : tag)) });
  return (
    <div class="rows">
      <datalist id={TAGS}>
        {COMMON_TAGS.map((keyword) => (
          <option key={keyword} value={keyword} label={tagLabel(keyword)} />
        ))}
      </datalist>
      {tags.map(({ name, values, fixed }, at) => (
        <fieldset key={String(at)} class="rule-row rule-row-tag" aria-label={t('rules.tagRow', { place: at + 1 })}>
          <Field label={t('rules.tag')} hint={tagLabel(name) === name ? t('rules.tagHint') : tagLabel(name)}>
            {(control) => (
              <input
                {...control}
                type="text"
                class="input"
                list={TAGS}
                spellcheck={false}
                autoComplete="off"
                value={name}
                onInput={(event) => change(at, { name: event.currentTarget.value })}
              />
            )}
          </Field>
          <TextField
            label={t('rules.values')}
            hint={t(fixed === undefined ? 'rules.valuesHint' : 'rules.valuesFixed')}
            disabled={fixed !== undefined}
            autoComplete="off"
            value={values}
            onText={(text) => change(at, { values: text })}
          />
          <IconButton
            icon={X}
            label={t('rules.removeTag', { name: name || String(at + 1) })}
            onClick={() => onChange({ tags: tags.filter((_, index) => index !== at) })}
          />
        </fieldset>
      ))}
      <span>
        <Button
          small
          icon={Plus}
          onClick={() =>
            onChange({ tags: [...tags, { name: tags.length === 0 ? 'Modality' : '', values: '', fixed: undefined }] })
          }
        >
          {t('rules.addTag')}
        </Button>
      </span>
    </div>
  );
}
