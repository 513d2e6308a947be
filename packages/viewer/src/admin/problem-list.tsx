import { CircleAlert, CircleCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AssociationProblem } from '../api/associations.ts';
import { Button } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { told } from './diagnosis-words.ts';
import { DirectionBadge } from './direction-badge.tsx';
import { FixButton } from './fix-button.tsx';
import { ProblemDialog } from './problem-dialog.tsx';

export interface ProblemListProps {
  readonly problems: readonly AssociationProblem[];
  readonly onChanged: () => void;
}

/** What went wrong, each with its reason, what to do, and the press that mends it. */
export function ProblemList({ problems, onChanged }: ProblemListProps): VNode {
  const [shown, setShown] = useState<number | undefined>(undefined);
  return (
    <>
      <ul class="problems">
        {problems.map((problem) => (
          <Problem key={problem.id} problem={problem} onShow={() => setShown(problem.id)} onChanged={onChanged} />
        ))}
      </ul>
      {shown !== undefined && (
        <ProblemDialog
          id={shown}
          onClose={() => setShown(undefined)}
          onForgotten={() => {
            setShown(undefined);
            onChanged();
          }}
        />
      )}
    </>
  );
}

interface ProblemProps {
  readonly problem: AssociationProblem;
  readonly onShow: () => void;
  readonly onChanged: () => void;
}

function Problem({ problem, onShow, onChanged }: ProblemProps): VNode {
  const { reason, advice } = told(problem);
  const name = problem.title === '' ? problem.address : problem.title;
  const settled = problem.settledAt !== null;
  return (
    <li class={`panel problem${settled ? ' problem-settled' : ''}`}>
      {settled ? (
        <CircleCheck class="problem-mark" size={20} aria-hidden="true" />
      ) : (
        <CircleAlert class="problem-mark" size={20} aria-hidden="true" />
      )}
      <div class="problem-words">
        <div class="row row-wrap">
          <strong class="fixed">{name}</strong>
          {problem.title !== '' && <span class="soft numeric">{addressOf(problem)}</span>}
          <DirectionBadge problem={problem} />
          {settled && <Badge kind="success">{t('connections.settled')}</Badge>}
        </div>
        <p class="problem-reason">{reason}</p>
        {!settled && <p class="soft">{advice}</p>}
        <p class="faint problem-seen">{seenWords(problem)}</p>
      </div>
      <div class="problem-actions">
        {problem.fixes.map((fix) => (
          <FixButton key={fix.kind} problem={problem} fix={fix} onMended={onChanged} />
        ))}
        <Button small aria-label={`${t('connections.details')} ${name}`} onClick={onShow}>
          {t('connections.details')}
        </Button>
      </div>
    </li>
  );
}

function addressOf({ address, port }: AssociationProblem): string {
  return port === null || port === 0 ? address : `${address}:${port}`;
}

function seenWords({ times, firstSeen, lastSeen }: AssociationProblem): string {
  const [first, last] = [formatInstant(firstSeen), formatInstant(lastSeen)];
  return first === last
    ? t('connections.seenAt', { count: times, at: last })
    : t('connections.seen', { count: times, first, last });
}
