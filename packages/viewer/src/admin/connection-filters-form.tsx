import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import { type ConnectionFilters, connectionsUrl, OUTCOMES } from './connection-filters.ts';

const STATES = ['open', 'settled'] as const;
const DIRECTIONS = ['in', 'out'] as const;

/** Which of the two lists, and what it is limited to. */
export function ConnectionFilterForm({ filters }: { readonly filters: ConnectionFilters }): VNode {
  const { navigator } = useApp();
  const [form, setForm] = useState(filters);
  const [dayBroken, setDayBroken] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!dayBroken) {
      navigator.go(connectionsUrl(form));
    }
  };
  const choose = (part: Partial<ConnectionFilters>) => navigator.go(connectionsUrl({ ...form, ...part }));
  return (
    <>
      <nav class="tabs" aria-label={t('connections.views')}>
        {(['problems', 'log'] as const).map((view) => (
          <Link
            key={view}
            class="tab"
            href={connectionsUrl({ ...filters, view, state: undefined, outcome: undefined })}
            aria-current={filters.view === view ? 'page' : undefined}
          >
            {t(`connections.view_${view}`)}
          </Link>
        ))}
      </nav>
      <form class="panel connection-filters" noValidate onSubmit={submit}>
        <TextField
          label={t('connections.machine')}
          autoComplete="off"
          spellcheck={false}
          maxLength={16}
          value={form.title}
          onText={(title) => setForm({ ...form, title })}
        />
        {filters.view === 'problems' ? (
          <SelectField
            label={t('connections.state')}
            options={[anyOption(), ...STATES.map((value) => ({ value, label: t(`connections.state_${value}`) }))]}
            value={form.state ?? ''}
            onText={(value) => choose({ state: STATES.find((state) => state === value) })}
          />
        ) : (
          <SelectField
            label={t('connections.outcome')}
            options={[anyOption(), ...OUTCOMES.map((value) => ({ value, label: t(`connections.outcome_${value}`) }))]}
            value={form.outcome ?? ''}
            onText={(value) => choose({ outcome: OUTCOMES.find((outcome) => outcome === value) })}
          />
        )}
        <SelectField
          label={t('connections.direction')}
          options={[anyOption(), ...DIRECTIONS.map((value) => ({ value, label: t(`connections.direction_${value}`) }))]}
          value={form.direction ?? ''}
          onText={(value) => choose({ direction: DIRECTIONS.find((direction) => direction === value) })}
        />
        <DayField
          label={t('connections.day')}
          value={form.day}
          onDay={(day, valid) => {
            setForm({ ...form, day });
            setDayBroken(!valid);
          }}
        />
        <Button type="submit" kind="primary" disabled={dayBroken}>
          {t('connections.apply')}
        </Button>
      </form>
    </>
  );
}

function anyOption(): { readonly value: string; readonly label: string } {
  return { value: '', label: t('common.all') };
}
