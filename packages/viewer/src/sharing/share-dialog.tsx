import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Facility, readFacilities } from '../api/facilities.ts';
import { failureText } from '../api/failure.ts';
import { addShare, readShares, SHARE_BASES, type Share } from '../api/shares.ts';
import type { Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { SelectField, TextAreaField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { nameOf, whenOf } from '../worklist/words.ts';
import { ShareList } from './share-list.tsx';

interface Form {
  readonly facility: string;
  readonly basis: string;
  readonly evidence: string;
  readonly days: string;
}

interface Data {
  readonly facilities: readonly Facility[];
  readonly shares: readonly Share[];
}

const EMPTY: Form = { facility: '', basis: '', evidence: '', days: '7' };
const LIFETIMES = ['1', '7', '30', '0'] as const;
const DAY_MS = 86_400_000;

/** Gives another facility sight of a study; every share states the basis it rests on. Law 91/2025, article 26. */
export function ShareDialog({ study, onClose }: { readonly study: Study; readonly onClose: () => void }): VNode {
  const { client } = useApp();
  const { studyInstanceUid } = study;
  const sending = useSending();
  const [form, setForm] = useState<Form>(EMPTY);
  const loaded = useLoaded<Data>(studyInstanceUid, async (signal) => {
    const [facilities, shares] = await Promise.all([
      readFacilities(client, signal),
      readShares(client, studyInstanceUid, signal),
    ]);
    return { facilities: facilities.filter(({ id }) => id !== study.facility), shares };
  });
  const facilities = loaded.value?.facilities ?? [];
  const basis = SHARE_BASES.find((known) => known === form.basis);
  const ready = form.facility !== '' && basis !== undefined && form.evidence.trim() !== '';
  const submit = async () => {
    if (!ready) {
      return;
    }
    const days = Number(form.days);
    const expiry = days === 0 ? {} : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() };
    if (
      await sending.run(() =>
        addShare(client, studyInstanceUid, { facility: form.facility, basis, evidence: form.evidence.trim(), ...expiry }),
      )
    ) {
      toast('success', t('share.shared', { name: facilities.find(({ id }) => id === form.facility)?.name ?? form.facility }));
      setForm(EMPTY);
      loaded.reload();
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.close')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy} disabled={!ready}>
        {t('share.submit')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('share.title')} onClose={onClose} actions={actions} onSubmit={() => void submit()}>
      <p class="soft">{t('share.who', { name: nameOf(study.patient), when: whenOf(study) })}</p>
      {sending.problem !== undefined && <Notice kind="danger">{failureText(sending.problem)}</Notice>}
      {loaded.problem !== undefined && <Notice kind="danger">{`${t('share.loadFailed')} ${failureText(loaded.problem)}`}</Notice>}
      {loaded.value !== undefined && facilities.length === 0 && <Notice>{t('share.noFacility')}</Notice>}
      <Fields form={form} facilities={facilities} onChange={(part) => setForm({ ...form, ...part })} />
      {loaded.value !== undefined && (
        <ShareList
          studyInstanceUid={studyInstanceUid}
          shares={loaded.value.shares}
          facilities={facilities}
          onChanged={loaded.reload}
        />
      )}
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly facilities: readonly Facility[];
  readonly onChange: (part: Partial<Form>) => void;
}

function Fields({ form, facilities, onChange }: FieldsProps): VNode {
  return (
    <>
      <SelectField
        label={t('share.facility')}
        required
        options={[
          { value: '', label: t('share.chooseFacility') },
          ...facilities.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={form.facility}
        onText={(facility) => onChange({ facility })}
      />
      <SelectField
        label={t('share.basis')}
        hint={t('share.basisHint')}
        required
        options={[
          { value: '', label: t('share.chooseBasis') },
          ...SHARE_BASES.map((basis) => ({ value: basis, label: t(`share.basis_${basis}`) })),
        ]}
        value={form.basis}
        onText={(basis) => onChange({ basis })}
      />
      <TextAreaField
        label={t('share.evidence')}
        hint={t('share.evidenceHint')}
        required
        maxLength={1000}
        value={form.evidence}
        onText={(evidence) => onChange({ evidence })}
      />
      <SelectField
        label={t('share.expiry')}
        options={LIFETIMES.map((days) => ({ value: days, label: t(`share.expiry_${days}`) }))}
        value={form.days}
        onText={(days) => onChange({ days })}
      />
    </>
  );
}
