import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  type CommitmentRequest,
  type CommitmentRequestPage,
  type CommitmentRequestState,
  readCommitmentRequests,
} from '../api/commitment-requests.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Badge, type BadgeProps } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { FormProblem, LoadedView } from './section.tsx';

/** What destinations were asked after they were sent images; nothing while none was asked. */
export function CommitmentRequests(): VNode {
  const { client } = useApp();
  const loaded = useLoaded<CommitmentRequestPage>('requests', (signal) => readCommitmentRequests(client, undefined, signal));
  return <LoadedView loaded={loaded}>{(page) => (page.requests.length === 0 ? null : <Requests first={page} />)}</LoadedView>;
}

function Requests({ first }: { readonly first: CommitmentRequestPage }): VNode {
  const { client } = useApp();
  const [{ requests, next }, setPage] = useState(first);
  const sending = useSending();
  useEffect(() => setPage(first), [first]);
  const more = () =>
    sending.run(async () => {
      const page = await readCommitmentRequests(client, next ?? undefined);
      setPage({ requests: [...requests, ...page.requests], next: page.next });
    });
  return (
    <section class="stack stack-tight" aria-labelledby="commitment-requests">
      <h2 id="commitment-requests">{t('commitment.ours')}</h2>
      <p class="soft">{t('commitment.oursText')}</p>
      <RequestTable requests={requests} />
      <FormProblem problem={sending.problem} />
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more()}>
          {t('commitment.more')}
        </Button>
      )}
    </section>
  );
}

const KINDS: Readonly<Record<CommitmentRequestState, NonNullable<BadgeProps['kind']>>> = {
  asking: 'accent',
  asked: 'accent',
  answered: 'success',
  unanswered: 'warning',
};

function RequestTable({ requests }: { readonly requests: readonly CommitmentRequest[] }): VNode {
  return (
    <div class="panel table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('commitment.colAsked')}</th>
            <th scope="col">{t('commitment.colDestination')}</th>
            <th scope="col">{t('commitment.colImages')}</th>
            <th scope="col">{t('commitment.state')}</th>
            <th scope="col">{t('commitment.colProblem')}</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr key={request.id}>
              <td class="cell-nowrap" data-label={t('commitment.colAsked')}>
                {formatInstant(request.askedAt)}
              </td>
              <td class="cell-nowrap" data-label={t('commitment.colDestination')}>
                <span class="fixed">{request.destination}</span>
              </td>
              <td data-label={t('commitment.colImages')}>
                <span class="row row-wrap">
                  {t('commitment.asked', { count: request.instances })}
                  {request.refused > 0 && <Badge kind="warning">{t('commitment.missing', { count: request.refused })}</Badge>}
                </span>
              </td>
              <td data-label={t('commitment.state')}>
                <Badge kind={KINDS[request.state]}>{t(`commitment.ours_${request.state}`)}</Badge>
              </td>
              <td class="soft" data-label={t('commitment.colProblem')}>
                {request.problem}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
