import { Folder, Globe, Hospital, Lock, type LucideIcon, Monitor, Radio } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Destination, type DestinationKind, testDestination } from '../api/destinations.ts';
import type { Queue } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { Button } from '../design/button.tsx';
import { FactList } from '../design/fact-list.tsx';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { addressOf, lineWords, whenWords } from './destination-words.ts';
import { destinationTestWords, testProblem } from './diagnosis-words.ts';
import { type Outcome, OutcomeLine } from './outcome-line.tsx';
import { queueUrl } from './queue-filters.ts';
import { QueueBadge, waitingWords } from './queue-state.tsx';

export interface DestinationCardProps {
  readonly destination: Destination;
  readonly queue: Queue | undefined;
  readonly onEdit: () => void;
}

const KIND_ICONS: Readonly<Record<DestinationKind, LucideIcon>> = {
  dicom: Monitor,
  dicomweb: Globe,
  filmless: Hospital,
  folder: Folder,
};

export function DestinationCard({ destination, queue, onEdit }: DestinationCardProps): VNode {
  const { id, kind, fixed } = destination;
  const Icon = KIND_ICONS[kind];
  return (
    <li class="panel sending-card">
      <div class="sending-head">
        <Icon size={22} aria-hidden="true" />
        <div class="sending-name">
          <strong>{id}</strong>
          <span class="soft">
            {t(`destinations.kind_${kind}`)} · <span class="fixed">{addressOf(destination)}</span>
          </span>
        </div>
        <span class="row row-wrap">
          {fixed && <Badge title={t('destinations.fixedNote')}>{t('destinations.fixed')}</Badge>}
          <SecureBadge destination={destination} />
          {queue !== undefined && <QueueBadge queue={queue} />}
        </span>
      </div>
      <Facts destination={destination} />
      <div class="sending-foot">
        {queue !== undefined && (
          <Link class="sending-queue" href={queueUrl({ at: id })}>
            {waitingWords(queue)}
          </Link>
        )}
        <span class="grow" />
        <Actions destination={destination} onEdit={onEdit} />
      </div>
    </li>
  );
}

function Facts({ destination }: { readonly destination: Destination }): VNode {
  const { site = '', basis, line } = destination;
  const evidence = basis?.evidence === undefined ? '' : ` (${basis.evidence})`;
  const legal = basis === undefined ? t('destinations.basis_rules') : `${t(`destinations.basis_${basis.basis}`)}${evidence}`;
  return (
    <FactList
      facts={[
        [t('destinations.when'), <Lines key="when" lines={whenWords(destination)} />],
        [t('destinations.site'), site],
        [t('destinations.basis'), site === '' ? '' : legal],
        [t('destinations.line'), line === undefined ? '' : <Lines key="line" lines={lineWords(line)} />],
      ]}
    />
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }): VNode {
  return (
    <>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </>
  );
}

function SecureBadge({ destination }: { readonly destination: Destination }): VNode | null {
  if (destination.kind === 'folder') {
    return null;
  }
  const secure =
    destination.kind === 'dicom' ? destination.tls !== undefined && destination.tls !== false : /^https:/i.test(destination.url);
  return secure ? (
    <Badge kind="success">
      <Lock size={12} aria-hidden="true" />
      TLS
    </Badge>
  ) : null;
}

/** Whether it would take images now, at a press, and the way to the form. */
function Actions({ destination, onEdit }: Pick<DestinationCardProps, 'destination' | 'onEdit'>): VNode {
  const { client } = useApp();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const { id } = destination;
  const test = async () => {
    setBusy(true);
    setOutcome(undefined);
    try {
      const result = await testDestination(client, id);
      setOutcome({ ok: result.ok, words: destinationTestWords(destination, result) });
    } catch (error) {
      setOutcome({ ok: false, words: testProblem(error) });
    }
    setBusy(false);
  };
  return (
    <>
      <Button small icon={Radio} busy={busy} aria-label={`${t('destinations.test')} ${id}`} onClick={() => void test()}>
        {t(busy ? 'aes.echoing' : 'destinations.test')}
      </Button>
      {!destination.fixed && (
        <Button small aria-label={`${t('common.edit')} ${id}`} onClick={onEdit}>
          {t('common.edit')}
        </Button>
      )}
      <OutcomeLine outcome={outcome} />
    </>
  );
}
