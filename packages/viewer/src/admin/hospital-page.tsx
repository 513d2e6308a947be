import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { HOSPITAL, type HospitalSettings, type Kept, readSettings } from '../api/settings.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Check, TextField } from '../design/field.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { FormProblem, LoadedView, Section } from './section.tsx';

/** The session of a screen nobody touches ends after an hour in any case. */
const MOST_MINUTES = 60;

/** What holds for every screen of the hospital. */
export function HospitalPage(): VNode {
  const { client } = useApp();
  const loaded = useLoaded('hospital', (signal) => readSettings(client, HOSPITAL, signal));
  return (
    <Section title={t('admin.hospital')} intro={t('lock.intro')}>
      <LoadedView loaded={loaded}>{(kept) => <HospitalForm key={kept.revision} kept={kept} />}</LoadedView>
    </Section>
  );
}

function HospitalForm({ kept }: { readonly kept: Kept<HospitalSettings> }): VNode {
  const { settings } = useApp();
  const [minutes, setMinutes] = useState(String(kept.settings.lockAfterMinutes));
  const [declared, setDeclared] = useState(kept.settings.displaysDeclared);
  const { busy, problem, run } = useSending();
  const count = /^\d{1,2}$/.test(minutes.trim()) ? Number(minutes) : Number.NaN;
  const fault = count <= MOST_MINUTES ? undefined : t('lock.minutesWrong', { most: MOST_MINUTES });
  const save = () =>
    run(async () => {
      await settings.hospital.change((now) => ({ ...now, lockAfterMinutes: count, displaysDeclared: declared }));
      toast('success', t('admin.saved'));
    });
  return (
    <form
      class="panel stack"
      style={{ padding: 'var(--space-4)' }}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === undefined) {
          void save();
        }
      }}
    >
      <FormProblem problem={problem} />
      <TextField
        label={t('lock.minutes')}
        hint={t('lock.minutesHint')}
        error={fault}
        inputMode="numeric"
        name="lock-minutes"
        value={minutes}
        onText={setMinutes}
      />
      <Check label={t('lock.displays')} note={t('lock.displaysNote')} checked={declared} onCheck={setDeclared} />
      <div class="row">
        <Button type="submit" kind="primary" busy={busy} disabled={fault !== undefined}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
