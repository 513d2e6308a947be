import { RotateCcw, Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AssociationProblem } from '../api/associations.ts';
import { failureText } from '../api/failure.ts';
import { type DeliveryState, removeDeliveries, retryDeliveries } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { useSending } from '../app/use-sending.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Badge, type BadgeProps } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { formatBytes, formatDate, formatInstant } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { AskedConfirm } from './asked-button.tsx';
import { DeliveryWhy } from './delivery-why.tsx';
import type { NamedDelivery } from './queue-deliveries.tsx';

export interface DeliveryTableProps {
  readonly at: string;
  readonly rows: readonly NamedDelivery[];
  /** What the doctor found of the destination. */
  readonly problems: readonly AssociationProblem[];
  /** Nothing goes before somebody lets it. */
  readonly paused: boolean;
  readonly onChanged: () => void;
}

/** Deliveries under the names of their studies. */
export function DeliveryTable(props: DeliveryTableProps): VNode {
  const { at, rows, onChanged } = props;
  return (
    <AdminTable
      class="audit-table delivery-table"
      rows={rows}
      keyOf={({ id }) => id}
      groups={{
        keyOf: ({ studyInstanceUid }) => studyInstanceUid,
        head: (group) => <StudyHead at={at} group={group} onChanged={onChanged} />,
      }}
      columns={columns(props)}
    />
  );
}

const KINDS: Readonly<Record<DeliveryState, NonNullable<BadgeProps['kind']>>> = {
  queued: 'plain',
  sending: 'accent',
  done: 'success',
  aside: 'danger',
};

function columns({ at, problems, paused, onChanged }: DeliveryTableProps): readonly Column<NamedDelivery>[] {
  return [
    {
      title: t('queues.colAt'),
      class: 'cell-nowrap numeric',
      cell: ({ createdAt, sopInstanceUid }) => <span title={sopInstanceUid}>{formatInstant(createdAt)}</span>,
    },
    {
      title: t('queues.state'),
      class: 'cell-nowrap',
      cell: ({ state, commitment }) => (
        <span class="row row-wrap">
          <Badge kind={KINDS[state]}>{t(`queues.state_${state}`)}</Badge>
          {commitment !== null && <Badge>{textOf('queues', `commitment_${commitment}`) ?? commitment}</Badge>}
        </span>
      ),
    },
    { title: t('queues.class'), class: 'cell-nowrap', cell: ({ class: priority }) => t(`queues.class_${priority}`) },
    { title: t('queues.colRule'), class: 'soft', cell: ({ rule }) => rule || t('queues.ownRule') },
    {
      title: t('queues.colSize'),
      class: 'cell-nowrap numeric',
      cell: ({ bytes }) => (bytes === null ? '–' : formatBytes(bytes)),
    },
    { title: t('queues.colWhy'), cell: (delivery) => <DeliveryWhy delivery={delivery} problems={problems} /> },
    {
      title: '',
      kind: 'actions',
      cell: (delivery) =>
        (delivery.state === 'aside' || (delivery.state === 'queued' && !paused)) && (
          <Resend at={at} delivery={delivery} onChanged={onChanged} />
        ),
    },
  ];
}

interface DeliveryProps {
  readonly at: string;
  readonly delivery: NamedDelivery;
  readonly onChanged: () => void;
}

/** One press, and it goes again. */
function Resend({ at, delivery: { id, state }, onChanged }: DeliveryProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const resend = async () => {
    const came = await sending.run(async () => {
      await retryDeliveries(client, at, { id });
    });
    if (came) {
      toast('success', t('queues.retried', { count: 1 }));
      onChanged();
    }
  };
  return (
    <>
      <Button
        small
        kind={state === 'aside' ? 'primary' : 'plain'}
        icon={RotateCcw}
        busy={sending.busy}
        onClick={() => void resend()}
      >
        {t(state === 'aside' ? 'queues.resend' : 'queues.tryNow')}
      </Button>
      {sending.problem !== undefined && <span class="field-error">{failureText(sending.problem)}</span>}
    </>
  );
}

interface StudyHeadProps {
  readonly at: string;
  readonly group: readonly NamedDelivery[];
  readonly onChanged: () => void;
}

/** Whose study it is; leads to it. */
function StudyHead({ at, group, onChanged }: StudyHeadProps): VNode | null {
  const { client } = useApp();
  const [asking, setAsking] = useState(false);
  const [first] = group;
  if (first === undefined) {
    return null;
  }
  const { study, studyInstanceUid } = first;
  const name = study === undefined ? t('queues.unknownStudy') : study.patient || t('worklist.noName');
  const facts =
    study === undefined
      ? [studyInstanceUid]
      : [study.patientId, study.modalities.join('/'), study.description, formatDate(study.date)].filter(Boolean);
  const removable = group.some(({ state }) => state === 'aside' || state === 'queued');
  return (
    <div class="study-head">
      <span class="grow">
        {study === undefined ? name : <Link href={studyUrl(studyInstanceUid)}>{name}</Link>}{' '}
        <span class="soft">{facts.join(' · ')}</span>
      </span>
      <span class="soft numeric">{t('queues.images', { count: group.length })}</span>
      {removable && <IconButton small icon={Trash2} label={t('queues.removeStudy', { name })} onClick={() => setAsking(true)} />}
      {asking && (
        <AskedConfirm
          title={t('queues.removeStudyTitle', { name })}
          text={t('queues.removeText', { id: at })}
          action={t('queues.remove')}
          perform={async () => t('queues.removed', { count: await removeDeliveries(client, at, { studyInstanceUid }) })}
          onDone={onChanged}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
