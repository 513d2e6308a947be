import { FilePlus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ApiError, pathOf } from '../api/client.ts';
import { addDocument } from '../api/documents.ts';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { studyUrl } from '../app/route.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';

export interface DocumentDialogProps {
  /** Whose study it is, for the eyes. */
  readonly name: string;
  /** The study there is, or the order that it belongs to. */
  readonly into: { readonly study: string } | { readonly accession: string };
  readonly onClose: () => void;
}

const KINDS = '.pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png';

/** A PDF or a photo into a study, with its title and day. */
export function DocumentDialog({ name, into, onClose }: DocumentDialogProps): VNode {
  const { navigator, session } = useApp();
  const sending = useSending();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | undefined>(undefined);
  const [title, setTitle] = useState('');
  const [date, setDate] = useState<string | undefined>(undefined);
  const [dateValid, setDateValid] = useState(true);
  const [part, setPart] = useState(0);
  const add = async () => {
    if (file === undefined) {
      return;
    }
    const path = 'study' in into ? pathOf('api', 'studies', into.study) : pathOf('api', 'orders', into.accession);
    const done = await sending.run(() => addDocument(path, { file, title: title.trim(), date: date ?? '' }, setPart));
    if (done) {
      toast('success', t('importing.documentDone', { title: title.trim() }));
      onClose();
      if ('study' in into) {
        navigator.go(studyUrl(into.study));
      }
    }
  };
  const choose = (event: { readonly currentTarget: HTMLInputElement }) => {
    const [chosen] = event.currentTarget.files ?? [];
    setFile(chosen);
    if (chosen !== undefined && title === '') {
      setTitle(chosen.name.replace(/\.[^.]*$/, ''));
    }
  };
  if (sending.problem instanceof ApiError && sending.problem.status === 401) {
    session.expire();
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy} disabled={file === undefined || title.trim() === '' || !dateValid}>
        {t('importing.documentAdd')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('importing.documentTitle')} onClose={onClose} actions={actions} onSubmit={() => void add()}>
      <p class="soft">{t('importing.documentFor', { name })}</p>
      {sending.problem !== undefined && <Notice kind="danger">{problemText(sending.problem)}</Notice>}
      <Field label={t('importing.documentFile')} required>
        {(control) => (
          <div class="row row-wrap">
            <Button
              icon={FilePlus}
              id={control.id}
              aria-describedby={control['aria-describedby']}
              onClick={() => input.current?.click()}
            >
              {t('importing.documentChoose')}
            </Button>
            <span class={file === undefined ? 'faint' : ''}>{file?.name ?? t('importing.documentNone')}</span>
            <input
              ref={input}
              type="file"
              class="visually-hidden"
              tabIndex={-1}
              aria-hidden="true"
              accept={KINDS}
              onChange={choose}
            />
          </div>
        )}
      </Field>
      <TextField
        label={t('importing.documentName')}
        hint={t('importing.documentNameHint')}
        required
        maxLength={200}
        autoComplete="off"
        value={title}
        onText={setTitle}
      />
      <DayField
        label={t('importing.documentDate')}
        value={date}
        onDay={(day, valid) => {
          setDate(day);
          setDateValid(valid);
        }}
      />
      {sending.busy && <progress class="upload-bar" aria-label={t('importing.documentSending')} max={1} value={part} />}
    </Dialog>
  );
}

function problemText(problem: unknown): string {
  switch (problem instanceof ApiError ? problem.status : 0) {
    case 413:
      return t('importing.documentTooLarge');
    case 415:
      return t('importing.documentKinds');
    case 400:
      return t('importing.documentUnreadable');
    default:
      return failureText(problem);
  }
}
