import './sending.css';
import { Plus, Send } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Destination, readDestinations } from '../api/destinations.ts';
import { type Queue, readQueues } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { Button } from '../design/button.tsx';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { DestinationCard } from './destination-card.tsx';
import { DestinationDialog } from './destination-dialog.tsx';
import { LoadedView, Section } from './section.tsx';

const REFRESH_MS = 10_000;

interface Data {
  readonly destinations: readonly Destination[];
  readonly queues: readonly Queue[];
}

/** The places that images are sent on to. */
export function DestinationsPage(): VNode {
  const { client } = useApp();
  const [editing, setEditing] = useState<Destination | 'new' | undefined>(undefined);
  const loaded = useLoaded<Data>('destinations', async (signal) => {
    const [destinations, queues] = await Promise.all([readDestinations(client, signal), readQueues(client, signal)]);
    return { destinations, queues };
  });
  useRefresh(loaded.refresh, REFRESH_MS);
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('destinations.add')}
    </Button>
  );
  return (
    <Section title={t('admin.destinations')} intro={t('destinations.intro')} action={add}>
      <LoadedView loaded={loaded}>
        {({ destinations, queues }) =>
          destinations.length === 0 ? (
            <Empty icon={Send} title={t('destinations.empty')} text={t('destinations.emptyText')} />
          ) : (
            <ul class="machines">
              {destinations.map((destination) => (
                <DestinationCard
                  key={destination.id}
                  destination={destination}
                  queue={queues.find((queue) => queue.destination === destination.id)}
                  onEdit={() => setEditing(destination)}
                />
              ))}
            </ul>
          )
        }
      </LoadedView>
      {editing !== undefined && (
        <DestinationDialog
          destination={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            loaded.reload();
          }}
        />
      )}
    </Section>
  );
}
