import { Disc3, FilePlus, FolderPlus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Notice, Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { givenFiles } from '../upload/given.ts';
import '../orders/order-form.css';
import '../orders/unmatched.css';
import './import.css';
import { MOST_FILES } from './disc.ts';
import { ImportRun } from './import-run.tsx';
import { Review } from './review.tsx';

/** Where a disc, a stick, a folder or a ZIP archive is looked at and brought in. */
export function ImportPage(): VNode {
  const { imports, session } = useApp();
  const user = session.session.value?.user.id;
  useEffect(() => imports.look(), [user]);
  const step = imports.step.value;
  return (
    <div class="import-page">
      <h1>{t('importing.title')}</h1>
      {step === 'choose' && <Choose />}
      {step === 'scanning' && <Scanning />}
      {step === 'review' && <Review />}
      {step === 'importing' && <ImportRun />}
    </div>
  );
}

function Choose(): VNode {
  const { imports } = useApp();
  const unfinished = imports.unfinished.value;
  const problem = imports.problem.value;
  return (
    <>
      <p class="soft">{t('importing.intro')}</p>
      {unfinished !== undefined && (
        <Notice kind="warning">
          <div class="stack stack-tight">
            <strong>{t('importing.unfinished', { label: unfinished.label })}</strong>
            <span>{t('importing.unfinishedText')}</span>
            <div>
              <Button small onClick={() => imports.dismissUnfinished()}>
                {t('importing.forget')}
              </Button>
            </div>
          </div>
        </Notice>
      )}
      {problem !== undefined && <Notice kind="danger">{problemText(problem)}</Notice>}
      <section class="import-choose">
        <Disc3 size={44} strokeWidth={1.3} aria-hidden="true" />
        <div class="row row-wrap import-buttons">
          <FileChooser folder label={t('importing.chooseFolder')} />
          <FileChooser label={t('importing.chooseFiles')} />
        </div>
        <p class="faint">{t('importing.dropHint')}</p>
      </section>
    </>
  );
}

function problemText(problem: unknown): string {
  if (problem instanceof Error && problem.name === 'TooManyFiles') {
    return t('importing.tooMany', { count: MOST_FILES });
  }
  return problem instanceof Error ? t('importing.scanFailed', { detail: problem.message }) : failureText(problem);
}

function FileChooser({ label, folder = false }: { readonly label: string; readonly folder?: boolean }): VNode {
  const { imports } = useApp();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (folder) {
      // Not a property the element's type knows, though every browser does.
      input.current?.setAttribute('webkitdirectory', '');
    }
  }, []);
  const chosen = (event: { readonly currentTarget: HTMLInputElement }) => {
    const files = [...(event.currentTarget.files ?? [])];
    const [first] = files;
    if (first !== undefined) {
      const named = first.webkitRelativePath.split('/')[0];
      imports.choose(givenFiles(files), named || first.name);
    }
    // The same disc may be chosen again.
    event.currentTarget.value = '';
  };
  return (
    <>
      <Button kind={folder ? 'primary' : 'plain'} icon={folder ? FolderPlus : FilePlus} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input ref={input} type="file" multiple class="visually-hidden" tabIndex={-1} aria-label={label} onChange={chosen} />
    </>
  );
}

function Scanning(): VNode {
  const { imports } = useApp();
  const { looked, total, images } = imports.scanned.value;
  return (
    <section class="import-scanning panel" role="status">
      <div class="row">
        <Spinner />
        <strong>{t('importing.reading')}</strong>
      </div>
      <progress class="upload-bar" aria-label={t('importing.reading')} max={1} value={total === 0 ? undefined : looked / total} />
      <div class="row row-wrap">
        <span class="soft numeric grow">{t('importing.readingCount', { looked, total, images })}</span>
        <Button small onClick={() => imports.reset()}>
          {t('common.cancel')}
        </Button>
      </div>
    </section>
  );
}
