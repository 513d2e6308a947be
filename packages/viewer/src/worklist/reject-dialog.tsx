import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { REJECTION_CODES, RETENTION_EXPIRED, type RejectionCode, rejectStudy } from '../api/rejections.ts';
import { readStudy, type Series, type Study, type StudyDetail } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { Check, SelectField, TextAreaField } from '../design/field.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { nameOf, whenOf } from './words.ts';

interface Form {
  readonly code: RejectionCode | '';
  readonly reason: string;
  /** Series Instance UIDs; undefined for the whole study. */
  readonly series: ReadonlySet<string> | undefined;
}

const EMPTY: Form = { code: '', reason: '', series: undefined };

/** Takes images of a study out of use, with a reason of the standard's; asked once more before it is done. */
export function RejectDialog({ study, onClose }: { readonly study: Study; readonly onClose: () => void }): VNode {
  const { client } = useApp();
  const [form, setForm] = useState<Form>(EMPTY);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const loaded = useLoaded<StudyDetail>(study.studyInstanceUid, (signal) => readStudy(client, study.studyInstanceUid, signal));
  const faults = faultsOf(form);
  const goOn = () => {
    setTried(true);
    setAsking(faults.code === undefined && faults.series === undefined);
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="danger">
        {t('rejections.next')}
      </Button>
    </>
  );
  return (
    <>
      <Dialog title={t('rejections.rejectTitle')} onClose={onClose} actions={actions} onSubmit={goOn}>
        <p class="soft">{t('rejections.rejectWho', { name: nameOf(study.patient), when: whenOf(study) })}</p>
        <Fields
          form={form}
          faults={tried ? faults : {}}
          series={loaded.value?.series ?? []}
          onChange={(part) => setForm({ ...form, ...part })}
        />
      </Dialog>
      {asking && form.code !== '' && (
        <Question
          study={loaded.value ?? study}
          form={{ ...form, code: form.code }}
          count={countOf(form, loaded.value, study)}
          onClose={() => setAsking(false)}
          onDone={onClose}
        />
      )}
    </>
  );
}

interface Faults {
  readonly code?: string | undefined;
  readonly series?: string | undefined;
}

function faultsOf({ code, series }: Form): Faults {
  return {
    code: code === '' ? t('rejections.needCode') : undefined,
    series: series?.size === 0 ? t('rejections.needSeries') : undefined,
  };
}

function countOf({ series }: Form, detail: StudyDetail | undefined, study: Study): number {
  const chosen = detail?.series.filter(({ seriesInstanceUid }) => series === undefined || series.has(seriesInstanceUid));
  return chosen?.reduce((sum, { instanceCount }) => sum + instanceCount, 0) ?? study.instanceCount;
}

interface FieldsProps {
  readonly form: Form;
  readonly faults: Faults;
  readonly series: readonly Series[];
  readonly onChange: (part: Partial<Form>) => void;
}

function Fields({ form, faults, series, onChange }: FieldsProps): VNode {
  const { session } = useApp();
  const codes = REJECTION_CODES.filter((code) => code !== RETENTION_EXPIRED || session.may('delete'));
  return (
    <>
      <SelectField
        label={t('rejections.code')}
        required
        error={faults.code}
        {...(form.code === '' ? {} : { hint: t(`rejections.codeNote_${form.code}`) })}
        options={[
          { value: '', label: t('rejections.chooseCode') },
          ...codes.map((code) => ({ value: code, label: t(`rejections.code_${code}`) })),
        ]}
        value={form.code}
        onText={(value) => onChange({ code: codes.find((code) => code === value) ?? '' })}
      />
      <TextAreaField
        label={t('rejections.reason')}
        hint={t('rejections.reasonHint')}
        maxLength={1000}
        value={form.reason}
        onText={(reason) => onChange({ reason })}
      />
      {series.length > 1 && (
        <SelectField
          label={t('rejections.which')}
          error={faults.series}
          options={[
            { value: 'whole', label: t('rejections.whole') },
            { value: 'some', label: t('rejections.some') },
          ]}
          value={form.series === undefined ? 'whole' : 'some'}
          onText={(value) => onChange({ series: value === 'some' ? new Set() : undefined })}
        />
      )}
      {form.series !== undefined && <SeriesChoice chosen={form.series} series={series} onChange={onChange} />}
    </>
  );
}

interface SeriesChoiceProps extends Pick<FieldsProps, 'series' | 'onChange'> {
  readonly chosen: ReadonlySet<string>;
}

function SeriesChoice({ chosen, series, onChange }: SeriesChoiceProps): VNode {
  const withOne = (uid: string, isChosen: boolean) =>
    new Set([...chosen].filter((one) => one !== uid).concat(isChosen ? [uid] : []));
  return (
    <fieldset class="stack stack-tight" aria-label={t('rejections.some')}>
      {series.map(({ seriesInstanceUid, description, modality, number, instanceCount: count }) => (
        <Check
          key={seriesInstanceUid}
          label={t('rejections.series', {
            title: `${modality} ${description || t('worklist.seriesNumber', { number: number ?? 0 })}`.trim(),
            count,
          })}
          checked={chosen.has(seriesInstanceUid)}
          onCheck={(isChosen) => onChange({ series: withOne(seriesInstanceUid, isChosen) })}
        />
      ))}
    </fieldset>
  );
}

interface QuestionProps {
  readonly study: Study;
  readonly form: Form & { readonly code: RejectionCode };
  readonly count: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Question({ study, form: { code, reason, series }, count, onClose, onDone }: QuestionProps): VNode {
  const { client, worklist } = useApp();
  const sending = useSending();
  const reject = async () => {
    const some = series === undefined ? {} : { series: [...series] };
    if (await sending.run(() => rejectStudy(client, study.studyInstanceUid, { code, reason: reason.trim(), ...some }))) {
      toast('success', t('rejections.rejected', { count }));
      onDone();
      worklist.refresh();
    }
  };
  return (
    <Confirm
      title={t('rejections.askTitle', { count, name: nameOf(study.patient) })}
      text={t('rejections.askText', { code: t(`rejections.code_${code}`) })}
      action={t('rejections.reject')}
      busy={sending.busy}
      problem={sending.problem}
      onConfirm={() => void reject()}
      onClose={onClose}
    />
  );
}
