import './connections.css';
import { Activity, CircleCheckBig, RefreshCw } from 'lucide-preact';
import type { VNode } from 'preact';
import { type Association, type ProblemPage, readAssociations, readProblems } from '../api/associations.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { AssociationLog } from './association-log.tsx';
import { type ConnectionFilters, logQuery, problemQuery, readConnectionFilters } from './connection-filters.ts';
import { ConnectionFilterForm } from './connection-filters-form.tsx';
import { ProblemList } from './problem-list.tsx';
import { LoadedView, Section } from './section.tsx';
import { SilentMachines } from './silent-machines.tsx';

/** A machine that could not send is tried again within minutes: the page follows. */
const REFRESH_MS = 15_000;

/** Why machines cannot send or be reached, what to do, and every association there was. */
export function ConnectionsPage({ search }: { readonly search: string }): VNode {
  const filters = readConnectionFilters(search);
  return (
    <Section title={t('admin.connections')} intro={t('connections.intro')}>
      <SilentMachines />
      <ConnectionFilterForm key={search} filters={filters} />
      {filters.view === 'problems' ? <Problems search={search} filters={filters} /> : <Log search={search} filters={filters} />}
    </Section>
  );
}

interface PartProps {
  readonly search: string;
  readonly filters: ConnectionFilters;
}

function Problems({ search, filters }: PartProps): VNode {
  const { client } = useApp();
  const loaded = useLoaded<ProblemPage>(`problems ${search}`, (signal) => readProblems(client, problemQuery(filters), signal));
  useRefresh(loaded.refresh, REFRESH_MS);
  return (
    <>
      <Refresh reload={loaded.reload} />
      <LoadedView loaded={loaded}>
        {({ problems, total }) =>
          problems.length === 0 ? (
            <Empty icon={CircleCheckBig} title={t('connections.empty')} text={t('connections.emptyText')} />
          ) : (
            <>
              <ProblemList problems={problems} onChanged={loaded.reload} />
              {total > problems.length && <p class="faint">{t('connections.shown', { shown: problems.length, count: total })}</p>}
            </>
          )
        }
      </LoadedView>
    </>
  );
}

function Log({ search, filters }: PartProps): VNode {
  const { client } = useApp();
  const loaded = useLoaded<Page<Association>>(`log ${search}`, (signal) => readAssociations(client, logQuery(filters), signal));
  return (
    <>
      <Refresh reload={loaded.reload} />
      <LoadedView loaded={loaded}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={Activity} title={t('connections.logEmpty')} text={t('connections.logEmptyText')} />
          ) : (
            <AssociationLog key={page.rows[0]?.id} first={page} filters={filters} />
          )
        }
      </LoadedView>
    </>
  );
}

function Refresh({ reload }: { readonly reload: () => void }): VNode {
  return (
    <div class="connections-refresh">
      <Button small kind="quiet" icon={RefreshCw} onClick={reload}>
        {t('connections.refresh')}
      </Button>
    </div>
  );
}
