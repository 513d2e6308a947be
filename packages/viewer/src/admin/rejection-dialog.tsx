import { Download } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import type { Page } from '../api/page.ts';
import {
  endRejection,
  RETENTION_EXPIRED,
  type RejectedInstance,
  type Rejection,
  readRejected,
  rejectedFileUrl,
} from '../api/rejections.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { FactList } from '../design/fact-list.tsx';
import { Notice } from '../design/status.tsx';
import { formatBytes, formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AskedConfirm } from './asked-button.tsx';
import { Pages } from './pages.tsx';
import { keptUntil, patientOf, reasonOf } from './rejection-words.ts';
import { LoadedView } from './section.tsx';

export interface RejectionDialogProps {
  readonly rejection: Rejection;
  readonly onClose: () => void;
  readonly onEnded: () => void;
}

/** What is being asked: to remove for good is asked twice. */
type Asking = 'restore' | 'remove' | 'remove-again';

/** One rejection: what it is about, its images, and its end where somebody may bring it about. */
export function RejectionDialog({ rejection, onClose, onEnded }: RejectionDialogProps): VNode {
  const { session } = useApp();
  const [asking, setAsking] = useState<Asking | undefined>(undefined);
  const isHidden = rejection.state === 'hidden';
  const needsDelete = rejection.kind === 'deleted' || rejection.code === RETENTION_EXPIRED;
  const mayDelete = session.may('delete');
  const mayRestore = isHidden && (mayDelete || !needsDelete);
  const actions = (
    <>
      {isHidden && mayDelete && (
        <Button kind="quiet" onClick={() => setAsking('remove')}>
          {t('rejections.remove')}
        </Button>
      )}
      <span class="grow" />
      <Button onClick={onClose}>{t('common.close')}</Button>
      {mayRestore && (
        <Button kind="primary" onClick={() => setAsking('restore')}>
          {t('rejections.restore')}
        </Button>
      )}
    </>
  );
  return (
    <>
      <Dialog wide title={t('rejections.title')} onClose={onClose} actions={actions}>
        {isHidden && !mayRestore && <Notice>{t('rejections.needDelete')}</Notice>}
        <Facts rejection={rejection} />
        {rejection.state === 'removed' ? <Notice>{t('rejections.noFiles')}</Notice> : <Files rejection={rejection} />}
      </Dialog>
      {asking !== undefined && <Question rejection={rejection} asking={asking} onAsk={setAsking} onEnded={onEnded} />}
    </>
  );
}

function Facts({ rejection }: { readonly rejection: Rejection }): VNode {
  const { session } = useApp();
  const { noteUid, reason, instances: count, bytes } = rejection;
  const words = noteUid === null ? reason : t('rejections.note', { uid: noteUid });
  const facts: readonly [string, ComponentChildren][] = [
    [t('rejections.colPatient'), [patientOf(rejection), rejection.patientId].filter(Boolean).join(' · ')],
    [t('rejections.colReason'), reasonOf(rejection)],
    [t('rejections.words'), words],
    [t('rejections.colImages'), t('rejections.images', { count, bytes: formatBytes(bytes) })],
    [t('rejections.colBy'), rejection.by],
    [t('rejections.colAt'), formatInstant(rejection.at)],
    [t('rejections.facility'), session.facilityName(rejection.facility)],
    [t('rejections.study'), rejection.studyInstanceUid],
  ];
  return <FactList facts={facts} />;
}

function Files({ rejection: { id, state } }: { readonly rejection: Rejection }): VNode {
  const { client } = useApp();
  const loaded = useLoaded<Page<RejectedInstance, string>>(id, (signal) => readRejected(client, id, undefined, signal));
  return (
    <section class="stack stack-tight">
      <h3>{t('rejections.files')}</h3>
      <LoadedView loaded={loaded}>
        {(page) => (
          <Pages first={page} read={(after) => readRejected(client, id, after)}>
            {(rows) => (
              <ul class="rejected-files">
                {rows.map(({ sopInstanceUid, bytes }) => (
                  <li key={sopInstanceUid}>
                    <span class="fixed grow">{sopInstanceUid}</span>
                    <span class="faint numeric">{formatBytes(bytes)}</span>
                    {state !== 'removing' && (
                      <a
                        class="button button-quiet button-icon"
                        href={rejectedFileUrl(id, sopInstanceUid)}
                        download={`${sopInstanceUid}.dcm`}
                        title={t('rejections.download', { uid: sopInstanceUid })}
                        aria-label={t('rejections.download', { uid: sopInstanceUid })}
                      >
                        <Download size={16} aria-hidden="true" />
                      </a>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </Pages>
        )}
      </LoadedView>
    </section>
  );
}

interface QuestionProps extends Pick<RejectionDialogProps, 'rejection' | 'onEnded'> {
  readonly asking: Asking;
  readonly onAsk: (next: Asking | undefined) => void;
}

function Question({ rejection, asking, onAsk, onEnded }: QuestionProps): VNode {
  const { client } = useApp();
  const { id, instances: count } = rejection;
  const name = patientOf(rejection);
  const end = async (how: 'restore' | 'remove'): Promise<string> => {
    try {
      await endRejection(client, id, how);
      return t(how === 'restore' ? 'rejections.restored' : 'rejections.removed', { count });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        return t('rejections.alreadyDone');
      }
      throw error;
    }
  };
  const asked = { onDone: onEnded, onClose: () => onAsk(undefined) };
  switch (asking) {
    case 'restore':
      return (
        <AskedConfirm
          {...asked}
          title={t('rejections.restoreTitle', { count })}
          text={t('rejections.restoreText', { name })}
          action={t('rejections.restore')}
          perform={() => end('restore')}
        />
      );
    case 'remove':
      return (
        <Confirm
          title={t('rejections.removeTitle', { count })}
          text={t('rejections.removeText', { name })}
          action={t('rejections.remove')}
          onConfirm={() => onAsk('remove-again')}
          onClose={asked.onClose}
        />
      );
    case 'remove-again':
      return (
        <AskedConfirm
          {...asked}
          title={t('rejections.removeAgainTitle')}
          text={t('rejections.removeAgainText', { date: keptUntil(rejection) })}
          action={t('rejections.removeAgain')}
          perform={() => end('remove')}
        />
      );
  }
}
