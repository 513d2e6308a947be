import './gateway.css';
import { Brush } from 'lucide-preact';
import type { VNode } from 'preact';
import { type Gateway, type GatewayCopies, type RemovedStudy, readGateway, readRemoved, removeNow } from '../api/gateway.ts';
import { type Queue, readQueues } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { adminUrl } from '../app/route.ts';
import { type Loaded, useLoaded } from '../app/use-loaded.ts';
import { useRefresh } from '../app/use-refresh.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { FactList } from '../design/fact-list.tsx';
import { Badge, Notice } from '../design/status.tsx';
import { formatBytes, formatInstant, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { Pages } from './pages.tsx';
import { FormProblem, LoadedView, Section } from './section.tsx';

const REFRESH_MS = 15_000;
const DAY_MS = 86_400_000;
/** The destination that is the centre. */
const CENTRE = 'archive';

interface Standing extends Gateway {
  readonly queue: Queue | undefined;
}

/** How this site stands to its centre: the line, the age of the worklist, what was removed here. */
export function GatewayPage(): VNode {
  const { client } = useApp();
  const gateway = useLoaded<Standing>('gateway', async (signal) => {
    const [standing, queues] = await Promise.all([readGateway(client, signal), readQueues(client, signal)]);
    return { ...standing, queue: queues.find(({ destination }) => destination === CENTRE) };
  });
  const removed = useLoaded('gateway-removed', (signal) => readRemoved(client, undefined, signal));
  useRefresh(gateway.reload, REFRESH_MS);
  return (
    <Section
      title={t('admin.gateway')}
      intro={t('gateway.intro')}
      action={<Link href={adminUrl('queues')}>{t('gateway.toQueues')}</Link>}
    >
      <LoadedView loaded={gateway}>{(value) => <Facts gateway={value} />}</LoadedView>
      <RemovedList
        removed={removed}
        onRemoved={() => {
          gateway.reload();
          removed.reload();
        }}
      />
    </Section>
  );
}

function Facts({ gateway }: { readonly gateway: Standing }): VNode {
  const { centre, problem, reachedAt, ordersAsOf, copies, queue } = gateway;
  return (
    <>
      {problem !== null && (
        <Notice kind="danger">
          <p>{t('gateway.away')}</p>
          <p class="soft">{problem}</p>
        </Notice>
      )}
      {copies?.short === true && <Notice kind="warning">{t('gateway.short')}</Notice>}
      <div class="panel gateway-facts">
        <FactList
          facts={[
            [t('gateway.centre'), centre],
            [
              t('gateway.line'),
              <Badge key="line" kind={problem === null ? 'success' : 'danger'}>
                {t(problem === null ? 'gateway.up' : 'gateway.down')}
              </Badge>,
            ],
            [t('gateway.reachedAt'), formatInstant(reachedAt)],
            [t('gateway.ordersAsOf'), formatInstant(ordersAsOf) || t('gateway.never')],
            [t('gateway.waiting'), queue === undefined ? '' : waitingWords(queue)],
            ...(copies === null ? [] : factsOf(copies)),
          ]}
        />
      </div>
    </>
  );
}

function waitingWords({ queued, sending, aside, bytesWaiting }: Queue): string {
  const count = queued + sending;
  const waiting = count === 0 ? t('gateway.nothingWaits') : `${t('gateway.images', { count })}, ${formatBytes(bytesWaiting)}`;
  return aside === 0 ? waiting : `${waiting}; ${t('gateway.aside', { count: aside })}`;
}

function factsOf({ keptMs, room, unconfirmed, removed }: GatewayCopies): readonly (readonly [string, string])[] {
  return [
    [t('gateway.kept'), t('gateway.days', { count: Math.round(keptMs / DAY_MS) })],
    [t('gateway.room'), room === null ? '' : t('gateway.of', { free: formatBytes(room.free), total: formatBytes(room.total) })],
    [t('gateway.unconfirmed'), unconfirmed === 0 ? '' : formatNumber(unconfirmed)],
    [
      t('gateway.removedTotal'),
      [
        t('gateway.studies', { count: removed.studies }),
        t('gateway.images', { count: removed.instances }),
        formatBytes(removed.bytes),
      ].join(', '),
    ],
  ];
}

interface RemovedListProps {
  readonly removed: Loaded<Awaited<ReturnType<typeof readRemoved>>>;
  readonly onRemoved: () => void;
}

function RemovedList({ removed, onRemoved }: RemovedListProps): VNode {
  const { client, session } = useApp();
  const sending = useSending();
  const remove = async () => {
    if (await sending.run(() => removeNow(client))) {
      onRemoved();
    }
  };
  const columns: readonly Column<RemovedStudy>[] = [
    { title: t('gateway.colAt'), class: 'numeric', cell: ({ at }) => formatInstant(at) },
    {
      title: t('gateway.colStudy'),
      kind: 'main',
      cell: ({ studyInstanceUid: uid }) => <CentreLink uid={uid} />,
    },
    { title: t('gateway.colFacility'), class: 'soft', cell: ({ facility }) => session.facilityName(facility) },
    { title: t('gateway.colInstances'), class: 'numeric', cell: ({ instances }) => formatNumber(instances) },
    { title: t('gateway.colBytes'), class: 'numeric', cell: ({ bytes }) => formatBytes(bytes) },
  ];
  return (
    <>
      <header class="admin-head">
        <div class="grow">
          <h2>{t('gateway.removed')}</h2>
          <p class="soft">{t('gateway.removedIntro')}</p>
        </div>
        <Button icon={Brush} busy={sending.busy} onClick={() => void remove()}>
          {t('gateway.removeNow')}
        </Button>
      </header>
      <FormProblem problem={sending.problem} />
      <LoadedView loaded={removed}>
        {(page) =>
          page.rows.length === 0 ? (
            <p class="soft">{t('gateway.nothingRemoved')}</p>
          ) : (
            <Pages first={page} read={(next) => readRemoved(client, next)}>
              {(rows) => <AdminTable rows={rows} keyOf={({ studyInstanceUid }) => studyInstanceUid} columns={columns} />}
            </Pages>
          )
        }
      </LoadedView>
    </>
  );
}

/** The study where it is now. */
function CentreLink({ uid }: { readonly uid: string }): VNode {
  const { session } = useApp();
  const centre = session.session.value?.centre ?? '';
  return (
    <a class="study-uid" href={`${centre}/view?study=${encodeURIComponent(uid)}`} target="_blank" rel="noreferrer">
      {uid}
    </a>
  );
}
