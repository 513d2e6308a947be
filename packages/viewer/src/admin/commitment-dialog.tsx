import { RefreshCw } from 'lucide-preact';
import type { VNode } from 'preact';
import { type CommitmentDetail, readCommitment, retryCommitment } from '../api/commitments.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FactList } from '../design/fact-list.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { CommitmentBadge, CommitmentCount } from './commitment-state.tsx';
import { FormProblem, LoadedView } from './section.tsx';

export interface CommitmentDialogProps {
  readonly id: number;
  readonly onClose: () => void;
  readonly onRetried: () => void;
}

/** One request, with the images that are not kept here. */
export function CommitmentDialog({ id, onClose, onRetried }: CommitmentDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const loaded = useLoaded(String(id), (signal) => readCommitment(client, id, signal));
  const retry = async () => {
    if (await sending.run(() => retryCommitment(client, id))) {
      toast('success', t('commitment.retried'));
      onRetried();
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.close')}</Button>
      <Button kind="primary" icon={RefreshCw} busy={sending.busy} onClick={() => void retry()}>
        {t('commitment.retry')}
      </Button>
    </>
  );
  return (
    <Dialog wide title={t('commitment.title')} onClose={onClose} actions={actions}>
      <FormProblem problem={sending.problem} />
      <LoadedView loaded={loaded}>{(detail) => <Detail detail={detail} />}</LoadedView>
    </Dialog>
  );
}

function Detail({ detail }: { readonly detail: CommitmentDetail }): VNode {
  const facts: readonly (readonly [string, string])[] = [
    [t('commitment.colMachine'), detail.aeTitle],
    [t('commitment.colAsked'), formatInstant(detail.askedAt)],
    [t('commitment.reported'), formatInstant(detail.reportedAt)],
    [t('commitment.attempts'), String(detail.attempts)],
    [t('commitment.nextAttempt'), formatInstant(detail.nextAttempt)],
    [t('commitment.transaction'), detail.transactionUid],
  ];
  return (
    <>
      <div class="row row-wrap">
        <CommitmentBadge state={detail.state} />
        <CommitmentCount commitment={detail} />
      </div>
      <FactList facts={facts} />
      {detail.problem !== null && <Notice kind="warning">{detail.problem}</Notice>}
      {detail.refusedInstances.length > 0 && <Refused detail={detail} />}
    </>
  );
}

function Refused({ detail }: { readonly detail: CommitmentDetail }): VNode {
  return (
    <section class="stack stack-tight">
      <h3>{t('commitment.refused')}</h3>
      <p class="soft">{t('commitment.refusedText')}</p>
      <ul class="refused">
        {detail.refusedInstances.map(({ sopInstanceUid, reason }) => (
          <li key={sopInstanceUid}>
            <span class="fixed grow">{sopInstanceUid}</span>
            <span class="soft">{refusalWords(reason)}</span>
          </li>
        ))}
      </ul>
      {detail.next !== null && <p class="faint">{t('commitment.refusedMore')}</p>}
    </section>
  );
}

/** The commonest reason in words, the others as the standard names them. PS3.3 C.14.1.1. */
function refusalWords(reason: string): string {
  return reason.startsWith('0112') ? t('commitment.notKept') : reason;
}
