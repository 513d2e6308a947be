import { ShieldCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  COMMITMENT_STATES,
  type Commitment,
  type CommitmentPage,
  type CommitmentState,
  readCommitments,
} from '../api/commitments.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { CommitmentDialog } from './commitment-dialog.tsx';
import { CommitmentRequests } from './commitment-requests.tsx';
import { CommitmentBadge, CommitmentCount } from './commitment-state.tsx';
import { FormProblem, LoadedView, Section } from './section.tsx';

/** What machines asked to be kept safely before they delete their own copies, and what they were told; and what we asked of others. */
export function CommitmentsPage(): VNode {
  const { client } = useApp();
  const [state, setState] = useState<CommitmentState | undefined>(undefined);
  const loaded = useLoaded<CommitmentPage>(state ?? 'all', (signal) => readCommitments(client, state, undefined, signal));
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
          page.commitments.length === 0 ? (
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
  readonly first: CommitmentPage;
  readonly state: CommitmentState | undefined;
  readonly onChanged: () => void;
}

function Commitments({ first, state, onChanged }: CommitmentsProps): VNode {
  const { client } = useApp();
  const [{ commitments, next }, setPage] = useState(first);
  const [shown, setShown] = useState<Commitment | undefined>(undefined);
  const sending = useSending();
  useEffect(() => setPage(first), [first]);
  const more = () =>
    sending.run(async () => {
      const page = await readCommitments(client, state, next ?? undefined);
      setPage({ commitments: [...commitments, ...page.commitments], next: page.next });
    });
  return (
    <>
      <CommitmentTable commitments={commitments} onShow={setShown} />
      <FormProblem problem={sending.problem} />
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more()}>
          {t('commitment.more')}
        </Button>
      )}
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

interface TableProps {
  readonly commitments: readonly Commitment[];
  readonly onShow: (commitment: Commitment) => void;
}

function CommitmentTable({ commitments, onShow }: TableProps): VNode {
  return (
    <div class="panel table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('commitment.colAsked')}</th>
            <th scope="col">{t('commitment.colMachine')}</th>
            <th scope="col">{t('commitment.colImages')}</th>
            <th scope="col">{t('commitment.state')}</th>
            <th scope="col">{t('commitment.colProblem')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {commitments.map((commitment) => (
            <tr key={commitment.id}>
              <td class="cell-nowrap" data-label={t('commitment.colAsked')}>
                {formatInstant(commitment.askedAt)}
              </td>
              <td class="cell-nowrap" data-label={t('commitment.colMachine')}>
                <span class="fixed">{commitment.aeTitle}</span>
              </td>
              <td data-label={t('commitment.colImages')}>
                <CommitmentCount commitment={commitment} />
              </td>
              <td data-label={t('commitment.state')}>
                <CommitmentBadge state={commitment.state} />
              </td>
              <td class="soft" data-label={t('commitment.colProblem')}>
                {commitment.problem}
              </td>
              <td class="cell-actions">
                <Button small aria-label={`${t('commitment.show')} ${commitment.aeTitle}`} onClick={() => onShow(commitment)}>
                  {t('commitment.show')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
