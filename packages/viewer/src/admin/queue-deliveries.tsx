import { PackageCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../api/page.ts';
import {
  DELIVERY_CLASSES,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryFilters,
  type Queue,
  readDeliveries,
} from '../api/queues.ts';
import { readStudyNames, type StudyName } from '../api/study-names.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { SelectField } from '../design/field.tsx';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { DeliveryTable } from './delivery-table.tsx';
import { Pages } from './pages.tsx';
import { type QueueFilters, queueUrl } from './queue-filters.ts';
import type { QueueView } from './queues-page.tsx';
import { LoadedView } from './section.tsx';

/** Seldomer than the counts: somebody reads here. */
const REFRESH_MS = 8_000;

/** A delivery with what its study is called, where that is known. */
export interface NamedDelivery extends Delivery {
  readonly study: StudyName | undefined;
}

export interface QueueDeliveriesProps {
  readonly at: string;
  readonly filters: QueueFilters;
  /** Undefined while it is being fetched. */
  readonly view: QueueView | undefined;
  readonly onChanged: () => void;
}

/** The deliveries of one destination, the newest first. */
export function QueueDeliveries({ at, filters, view, onChanged }: QueueDeliveriesProps): VNode {
  const read = useReadNamed(at, filters);
  const [more, setMore] = useState(false);
  const loaded = useLoaded<Page<NamedDelivery>>(queueUrl(filters), (signal) => read(undefined, signal));
  // What was asked for beyond the first page would be gone.
  useRefresh(() => (more ? undefined : loaded.refresh()), REFRESH_MS);
  const counts = view === undefined ? undefined : countsOf(view.queue);
  useEffect(() => {
    if (counts !== undefined && !more) {
      loaded.refresh();
    }
  }, [counts]);
  const changed = () => {
    loaded.reload();
    onChanged();
  };
  return (
    <>
      <Filters filters={filters} />
      <LoadedView loaded={loaded}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={PackageCheck} title={t('queues.noDeliveries')} text={t('queues.noDeliveriesText')} />
          ) : (
            <Pages
              first={page}
              read={(next) => {
                setMore(true);
                return read(next);
              }}
            >
              {(rows) => (
                <DeliveryTable
                  at={at}
                  rows={rows}
                  problems={view?.problems ?? []}
                  paused={view?.queue.paused === true}
                  onChanged={changed}
                />
              )}
            </Pages>
          )
        }
      </LoadedView>
    </>
  );
}

/** Another one, and deliveries have moved on. */
function countsOf({ queued, sending, aside, done }: Queue): string {
  return [queued, sending, aside, done].join(' ');
}

/** A page of deliveries, with the names of their studies from the archive; without them where it cannot be asked. */
function useReadNamed(at: string, filters: DeliveryFilters) {
  const { client } = useApp();
  return async (after?: number, signal?: AbortSignal): Promise<Page<NamedDelivery>> => {
    const page = await readDeliveries(client, at, filters, after, signal);
    const studies = [...new Set(page.rows.map(({ studyInstanceUid }) => studyInstanceUid))];
    const names = await readStudyNames(client, studies, signal).catch(() => new Map<string, StudyName>());
    return { rows: page.rows.map((row) => ({ ...row, study: names.get(row.studyInstanceUid) })), next: page.next };
  };
}

function Filters({ filters }: { readonly filters: QueueFilters }): VNode {
  const { navigator } = useApp();
  const go = (part: QueueFilters) => navigator.go(queueUrl({ ...filters, ...part }));
  return (
    <div class="delivery-filters">
      <fieldset class="chips">
        <legend class="visually-hidden">{t('queues.state')}</legend>
        {[undefined, ...DELIVERY_STATES].map((state) => (
          <button
            key={state ?? ''}
            type="button"
            class="chip"
            aria-pressed={filters.state === state}
            onClick={() => go({ state })}
          >
            {state === undefined ? t('common.all') : t(`queues.state_${state}`)}
          </button>
        ))}
      </fieldset>
      <SelectField
        label={t('queues.class')}
        options={[
          { value: '', label: t('common.all') },
          ...DELIVERY_CLASSES.map((priority) => ({ value: priority, label: t(`queues.class_${priority}`) })),
        ]}
        value={filters.class ?? ''}
        onText={(value) => go({ class: DELIVERY_CLASSES.find((priority) => priority === value) })}
      />
    </div>
  );
}
