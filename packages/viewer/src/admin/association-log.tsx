import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Association, readAssociations } from '../api/associations.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { formatInstant, formatNumber } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { type ConnectionFilters, logQuery } from './connection-filters.ts';
import { DirectionBadge } from './direction-badge.tsx';
import { Pages } from './pages.tsx';
import { ProblemDialog } from './problem-dialog.tsx';

export interface AssociationLogProps {
  readonly first: Page<Association>;
  readonly filters: ConnectionFilters;
}

/** Every association, the newest first. */
export function AssociationLog({ first, filters }: AssociationLogProps): VNode {
  const { client } = useApp();
  const [shown, setShown] = useState<number | undefined>(undefined);
  return (
    <>
      <Pages first={first} read={(next) => readAssociations(client, logQuery(filters, next))}>
        {(rows) => <AdminTable class="audit-table" rows={rows} keyOf={({ id }) => id} columns={columns(setShown)} />}
      </Pages>
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

function columns(onShow: (problem: number) => void): readonly Column<Association>[] {
  return [
    { title: t('connections.colAt'), kind: 'main', class: 'cell-nowrap', cell: ({ at }) => formatInstant(at) },
    { title: t('connections.machine'), cell: (line) => <span class="fixed">{machineOf(line) || '–'}</span> },
    {
      title: t('connections.address'),
      class: 'soft cell-nowrap',
      cell: ({ address, port }) => (port === null || port === 0 ? address : `${address}:${port}`),
    },
    {
      title: t('connections.direction'),
      class: 'cell-nowrap',
      cell: (line) => (
        <span class="row">
          <DirectionBadge problem={line} />
        </span>
      ),
    },
    {
      title: t('connections.outcome'),
      cell: ({ outcome }) => (
        <Badge kind={KINDS[outcome] ?? 'plain'}>{textOf('connections', `outcome_${outcome}`) ?? outcome}</Badge>
      ),
    },
    { title: t('connections.colImages'), class: 'numeric', cell: imagesWords },
    { title: t('connections.colWhy'), class: 'soft', cell: ({ detail }) => detail },
    {
      title: '',
      kind: 'actions',
      cell: (line) => {
        const { problem } = line;
        return problem === null ? null : (
          <Button small aria-label={`${t('connections.why')} ${machineOf(line)}`} onClick={() => onShow(problem)}>
            {t('connections.why')}
          </Button>
        );
      },
    },
  ];
}

function machineOf({ direction, callingAe, calledAe }: Association): string {
  return direction === 'in' ? callingAe : calledAe;
}

function imagesWords({ stored, failed }: Association): string {
  if (stored === 0 && failed === 0) {
    return '';
  }
  return failed === 0 ? formatNumber(stored) : t('connections.storedFailed', { stored, failed });
}
