import { ShieldCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { COMMITMENT_STATES, type Commitment, type CommitmentState, readCommitments } from '../api/commitments.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { CommitmentDialog } from './commitment-dialog.tsx';
import { CommitmentRequests } from './commitment-requests.tsx';
import { CommitmentBadge, CommitmentCount } from './commitment-state.tsx';
import { Pages } from './pages.tsx';
import { LoadedView, Section } from './section.tsx';

/** What machines asked to be kept safely before they delete their own copies, and what they were told; and what we asked of others. */
export function CommitmentsPage(): VNode {
  const { client } = useApp();
  const [state, setState] = useState<CommitmentState | undefined>(undefined);
  const loaded = useLoaded<Page<Commitment>>(state ?? 'all', (signal) => readCommitments(client, state, undefined, signal));
  return (
    <Section title={t('admin.commitments')} intro={t('commitment.intro')}>
      <fieldset class="chips">
        <legend class="visually-hidden">{t('commitment.state')}</legend>
        <button type="button" class="chip" aria-pressed={state === undefined} onClick={() => setState(undefined)}>
          {t('common.all')}
        </button>
        {COMMITMENT_STATES.map((known) => (
          <button key={known} type="button" class="chip" aria-pressed={state === known} onClick={() => setState(known)}>
            {t(`commitment.state_${known}`)}
          </button>
        ))}
      </fieldset>
      <LoadedView loaded={loaded}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={ShieldCheck} title={t('commitment.empty')} text={t('commitment.emptyText')} />
          ) : (
            <Commitments first={page} state={state} onChanged={loaded.reload} />
          )
        }
      </LoadedView>
      <CommitmentRequests />
    </Section>
  );
}

interface CommitmentsProps {
  readonly first: Page<Commitment>;
  readonly state: CommitmentState | undefined;
  readonly onChanged: () => void;
}

function Commitments({ first, state, onChanged }: CommitmentsProps): VNode {
  const { client } = useApp();
  const [shown, setShown] = useState<Commitment | undefined>(undefined);
  return (
    <>
      <Pages first={first} read={(next) => readCommitments(client, state, next)}>
        {(rows) => <AdminTable rows={rows} keyOf={({ id }) => id} columns={columns(setShown)} />}
      </Pages>
      {shown !== undefined && (
        <CommitmentDialog
          id={shown.id}
          onClose={() => setShown(undefined)}
          onRetried={() => {
            setShown(undefined);
            onChanged();
          }}
        />
      )}
    </>
  );
}

function columns(onShow: (commitment: Commitment) => void): readonly Column<Commitment>[] {
  return [
    { title: t('commitment.colAsked'), class: 'cell-nowrap', cell: ({ askedAt }) => formatInstant(askedAt) },
    {
      title: t('commitment.colMachine'),
      class: 'cell-nowrap',
      cell: ({ aeTitle }) => <span class="fixed">{aeTitle}</span>,
    },
    { title: t('commitment.colImages'), cell: (commitment) => <CommitmentCount commitment={commitment} /> },
    { title: t('commitment.state'), cell: ({ state }) => <CommitmentBadge state={state} /> },
    { title: t('commitment.colProblem'), class: 'soft', cell: ({ problem }) => problem },
    {
      title: '',
      kind: 'actions',
      cell: (commitment) => (
        <Button small aria-label={`${t('commitment.show')} ${commitment.aeTitle}`} onClick={() => onShow(commitment)}>
          {t('commitment.show')}
        </Button>
      ),
    },
  ];
}
