import type { VNode } from 'preact';
import { type CommitmentRequest, type CommitmentRequestState, readCommitmentRequests } from '../api/commitment-requests.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Badge, type BadgeProps } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { Pages } from './pages.tsx';
import { LoadedView } from './section.tsx';

/** What destinations were asked after they were sent images; nothing while none was asked. */
export function CommitmentRequests(): VNode {
  const { client } = useApp();
  const loaded = useLoaded<Page<CommitmentRequest>>('requests', (signal) => readCommitmentRequests(client, undefined, signal));
  return <LoadedView loaded={loaded}>{(page) => (page.rows.length === 0 ? null : <Requests first={page} />)}</LoadedView>;
}

function Requests({ first }: { readonly first: Page<CommitmentRequest> }): VNode {
  const { client } = useApp();
  return (
    <section class="stack stack-tight" aria-labelledby="commitment-requests">
      <h2 id="commitment-requests">{t('commitment.ours')}</h2>
      <p class="soft">{t('commitment.oursText')}</p>
      <Pages first={first} read={(next) => readCommitmentRequests(client, next)}>
        {(rows) => <AdminTable rows={rows} keyOf={({ id }) => id} columns={columns()} />}
      </Pages>
    </section>
  );
}

const KINDS: Readonly<Record<CommitmentRequestState, NonNullable<BadgeProps['kind']>>> = {
  asking: 'accent',
  asked: 'accent',
  answered: 'success',
  unanswered: 'warning',
};

function columns(): readonly Column<CommitmentRequest>[] {
  return [
    { title: t('commitment.colAsked'), class: 'cell-nowrap', cell: ({ askedAt }) => formatInstant(askedAt) },
    {
      title: t('commitment.colDestination'),
      class: 'cell-nowrap',
      cell: ({ destination }) => <span class="fixed">{destination}</span>,
    },
    {
      title: t('commitment.colImages'),
      cell: ({ instances, refused }) => (
        <span class="row row-wrap">
          {t('commitment.asked', { count: instances })}
          {refused > 0 && <Badge kind="warning">{t('commitment.missing', { count: refused })}</Badge>}
        </span>
      ),
    },
    {
      title: t('commitment.state'),
      cell: ({ state }) => <Badge kind={KINDS[state]}>{t(`commitment.ours_${state}`)}</Badge>,
    },
    { title: t('commitment.colProblem'), class: 'soft', cell: ({ problem }) => problem },
  ];
}
