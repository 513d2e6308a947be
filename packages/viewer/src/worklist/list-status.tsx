import { ArrowUp, CloudOff, Inbox, SearchX } from 'lucide-preact';
import type { VNode } from 'preact';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { adminUrl } from '../app/route.ts';
import { Button } from '../design/button.tsx';
import { Empty, Skeleton, Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import type { Column } from './columns.tsx';
import { hasDates, isFiltered, NO_FILTERS, writeFilters } from './filters.ts';

/** Stands where rows would be: an empty list, or one that could not be fetched. */
export function ListStatus(): VNode | null {
  const { worklist } = useApp();
  if (worklist.phase.value === 'failed') {
    return (
      <Empty icon={CloudOff} title={t('worklist.failedTitle')} text={failureText(worklist.problem.value)}>
        <Button kind="primary" onClick={() => worklist.reload()}>
          {t('common.retry')}
        </Button>
      </Empty>
    );
  }
  if (worklist.phase.value !== 'ready' || worklist.studies.value.length > 0) {
    return null;
  }
  return isFiltered(worklist.filters.value) ? <NoMatch /> : <NoStudies />;
}

function NoMatch(): VNode {
  const { worklist, navigator } = useApp();
  const filters = worklist.filters.value;
  const dated = hasDates(filters);
  return (
    <Empty icon={SearchX} title={t('worklist.noMatchTitle')} text={t(dated ? 'worklist.noMatchDates' : 'worklist.noMatchText')}>
      <div class="row row-wrap">
        {dated && (
          <Button
            kind="primary"
            onClick={() => navigator.go(writeFilters({ ...filters, preset: undefined, from: undefined, to: undefined }))}
          >
            {t('worklist.searchAllDates')}
          </Button>
        )}
        <Button onClick={() => navigator.go(writeFilters(NO_FILTERS))}>{t('worklist.clearFilters')}</Button>
      </div>
    </Empty>
  );
}

function NoStudies(): VNode {
  const { session, navigator } = useApp();
  return (
    <Empty icon={Inbox} title={t('worklist.emptyTitle')} text={t('worklist.emptyText')}>
      {session.may('administer') && <Button onClick={() => navigator.go(adminUrl('aes'))}>{t('worklist.emptyAdmin')}</Button>}
    </Empty>
  );
}

/** The foot of the list: the next page on its way, a fault, or the end. */
export function ListEnd(): VNode | null {
  const { worklist } = useApp();
  if (worklist.phase.value !== 'ready' || worklist.studies.value.length === 0) {
    return null;
  }
  if (worklist.morePhase.value === 'failed') {
    return (
      <div class="list-end">
        <span>{t('worklist.moreFailed')}</span>
        <Button small onClick={() => worklist.loadMore()}>
          {t('common.retry')}
        </Button>
      </div>
    );
  }
  return (
    <div class="list-end faint">
      {worklist.hasMore.value && <Spinner />}
      {t(worklist.hasMore.value ? 'worklist.loadingMore' : 'worklist.end')}
    </div>
  );
}

/** New studies that wait because the list is in use. */
export function NewStudies({ scroller }: { readonly scroller: { readonly current: HTMLElement | null } }): VNode {
  const { worklist } = useApp();
  const count = worklist.waiting.value;
  const show = () => {
    worklist.showWaiting();
    scroller.current?.scrollTo({ top: 0, behavior: 'smooth' });
  };
  return (
    <div class="new-studies" role="status">
      {count > 0 && (
        <Button kind="primary" small icon={ArrowUp} onClick={show}>
          {t('worklist.newStudies', { count })}
        </Button>
      )}
    </div>
  );
}

export function SkeletonRows({ columns }: { readonly columns: readonly Column[] }): VNode {
  return (
    <>
      {Array.from({ length: 12 }, (_, row) => (
        <tr key={row} class="study study-skeleton">
          {columns.map(({ key }, column) => (
            <td key={key} class={`col-${key}`}>
              <Skeleton width={`${88 - ((row * 17 + column * 29) % 40)}%`} />
            </td>
          ))}
          <td class="col-preview" />
        </tr>
      ))}
    </>
  );
}
