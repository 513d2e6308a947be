import './sending.css';
import { ChevronLeft, Layers } from 'lucide-preact';
import type { VNode } from 'preact';
import { type AssociationProblem, readProblems } from '../api/associations.ts';
import { type Destination, readDestinations } from '../api/destinations.ts';
import { type Queue, readQueues } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { adminUrl } from '../app/route.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { QueueCard } from './queue-card.tsx';
import { QueueDeliveries } from './queue-deliveries.tsx';
import { queueUrl, readQueueFilters } from './queue-filters.ts';
import { LoadedView, Section } from './section.tsx';

/** A queue moves while one looks at it. */
const REFRESH_MS = 4_000;

/** A queue with what its destination is, and what the doctor found of it. */
export interface QueueView {
  readonly queue: Queue;
  readonly destination: Destination | undefined;
  /** What is still wrong, what was seen last first. */
  readonly problems: readonly AssociationProblem[];
}

/** What waits to be sent, to whom, and why it does not go. */
export function QueuesPage({ search }: { readonly search: string }): VNode {
  const filters = readQueueFilters(search);
  const loaded = useQueues();
  return (
    <Section title={t('admin.queues')} intro={t('queues.intro')}>
      {filters.at !== undefined && (
        <Link class="back-link" href={queueUrl({})}>
          <ChevronLeft size={16} aria-hidden="true" />
          {t('queues.back')}
        </Link>
      )}
      <LoadedView loaded={loaded}>
        {(views) => {
          const shown = views.filter(({ queue }) => filters.at === undefined || queue.destination === filters.at);
          return shown.length === 0 ? (
            <NoQueue unknown={filters.at !== undefined} />
          ) : (
            <ul class="machines">
              {shown.map((view) => (
                <QueueCard key={view.queue.destination} view={view} open={filters.at !== undefined} onChanged={loaded.reload} />
              ))}
            </ul>
          );
        }}
      </LoadedView>
      {filters.at !== undefined && (
        <QueueDeliveries
          key={`${filters.at} ${filters.state} ${filters.class}`}
          at={filters.at}
          filters={filters}
          view={loaded.value?.find(({ queue }) => queue.destination === filters.at)}
          onChanged={loaded.reload}
        />
      )}
    </Section>
  );
}

function useQueues() {
  const { client } = useApp();
  const loaded = useLoaded<readonly QueueView[]>('queues', async (signal) => {
    const open = new URLSearchParams({ state: 'open', direction: 'out', limit: '200' });
    const [queues, destinations, { problems }] = await Promise.all([
      readQueues(client, signal),
      readDestinations(client, signal),
      readProblems(client, open, signal),
    ]);
    return queues.map((queue) => ({
      queue,
      destination: destinations.find(({ id }) => id === queue.destination),
      problems: problems.filter(({ destination }) => destination === queue.destination),
    }));
  });
  useRefresh(loaded.refresh, REFRESH_MS);
  return loaded;
}

function NoQueue({ unknown }: { readonly unknown: boolean }): VNode {
  return unknown ? (
    <Empty icon={Layers} title={t('queues.gone')} text={t('queues.goneText')} />
  ) : (
    <Empty icon={Layers} title={t('destinations.empty')} text={t('queues.emptyText')}>
      <Link class="button button-primary" href={adminUrl('destinations')}>
        {t('queues.toDestinations')}
      </Link>
    </Empty>
  );
}
