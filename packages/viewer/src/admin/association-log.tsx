import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Association, type AssociationPage, readAssociations } from '../api/associations.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { formatInstant, formatNumber } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { type ConnectionFilters, logQuery } from './connection-filters.ts';
import { DirectionBadge } from './direction-badge.tsx';
import { ProblemDialog } from './problem-dialog.tsx';
import { FormProblem } from './section.tsx';

export interface AssociationLogProps {
  readonly first: AssociationPage;
  readonly filters: ConnectionFilters;
}

/** Every association, the newest first. */
export function AssociationLog({ first, filters }: AssociationLogProps): VNode {
  const { client } = useApp();
  const [{ associations, next }, setPage] = useState(first);
  const [shown, setShown] = useState<number | undefined>(undefined);
  const sending = useSending();
  const more = () =>
    sending.run(async () => {
      const page = await readAssociations(client, logQuery(filters, next ?? undefined));
      setPage({ associations: [...associations, ...page.associations], next: page.next });
    });
  return (
    <>
      <div class="panel table-scroll">
        <table class="table audit-table">
          <thead>
            <tr>
              <th scope="col">{t('connections.colAt')}</th>
              <th scope="col">{t('connections.machine')}</th>
              <th scope="col">{t('connections.address')}</th>
              <th scope="col">{t('connections.direction')}</th>
              <th scope="col">{t('connections.outcome')}</th>
              <th scope="col">{t('connections.colImages')}</th>
              <th scope="col">{t('connections.colWhy')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {associations.map((association) => (
              <Line key={association.id} line={association} onShow={setShown} />
            ))}
          </tbody>
        </table>
      </div>
      <FormProblem problem={sending.problem} />
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more()}>
          {t('connections.more')}
        </Button>
      )}
      {shown !== undefined && (
        <ProblemDialog id={shown} onClose={() => setShown(undefined)} onForgotten={() => setShown(undefined)} />
      )}
    </>
  );
}

const KINDS: Readonly<Record<string, 'success' | 'warning' | 'danger'>> = {
  released: 'success',
  aborted: 'warning',
  refused: 'danger',
};

interface LineProps {
  readonly line: Association;
  readonly onShow: (problem: number) => void;
}

function Line({ line, onShow }: LineProps): VNode {
  const { problem, direction } = line;
  const machine = direction === 'in' ? line.callingAe : line.calledAe;
  return (
    <tr>
      <td class="cell-main cell-nowrap">{formatInstant(line.at)}</td>
      <td data-label={t('connections.machine')}>
        <span class="fixed">{machine === '' ? '–' : machine}</span>
      </td>
      <td class="soft cell-nowrap" data-label={t('connections.address')}>
        {line.port === null || line.port === 0 ? line.address : `${line.address}:${line.port}`}
      </td>
      <td class="cell-nowrap" data-label={t('connections.direction')}>
        <span class="row">
          <DirectionBadge problem={line} />
        </span>
      </td>
      <td data-label={t('connections.outcome')}>
        <Badge kind={KINDS[line.outcome] ?? 'plain'}>{textOf('connections', `outcome_${line.outcome}`) ?? line.outcome}</Badge>
      </td>
      <td class="numeric" data-label={t('connections.colImages')}>
        {imagesWords(line)}
      </td>
      <td class="soft" data-label={t('connections.colWhy')}>
        {line.detail}
      </td>
      <td class="cell-actions">
        {problem !== null && (
          <Button small aria-label={`${t('connections.why')} ${machine}`} onClick={() => onShow(problem)}>
            {t('connections.why')}
          </Button>
        )}
      </td>
    </tr>
  );
}

function imagesWords({ stored, failed }: Association): string {
  if (stored === 0 && failed === 0) {
    return '';
  }
  return failed === 0 ? formatNumber(stored) : t('connections.storedFailed', { stored, failed });
}
