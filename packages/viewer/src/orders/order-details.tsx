import { FilePlus, Images, Pencil, RotateCcw } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { cancelOrder, type Order, type Performed, restoreOrder } from '../api/orders.ts';
import type { Station } from '../api/stations.ts';
import { unmatchStudy } from '../api/unmatched.ts';
import { useApp } from '../app/context.ts';
import { studyUrl } from '../app/route.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { FactList } from '../design/fact-list.tsx';
import { toast } from '../design/toast.tsx';
import { DocumentDialog } from '../documents/document-dialog.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import { modalityName } from '../worklist/words.ts';
import { mayOrder } from './may-order.ts';
import { OrderDialog } from './order-dialog.tsx';
import { birthText, formOf, orderBody } from './order-form.ts';
import { PriorityBadge, StateBadge } from './state-badge.tsx';
import { ageWords, orderName, plainName, pregnancyWords, sexWord, startWords } from './words.ts';

export interface OrderDetailsProps {
  readonly order: Order;
  readonly stations: readonly Station[];
  readonly onClose: () => void;
  /** Something of it was changed here. */
  readonly onChanged: () => void;
}

/** All of an order, and what can be done with it. It follows what the machines report while it is open. */
export function OrderDetails({ order, stations, onClose, onChanged }: OrderDetailsProps): VNode {
  const [editing, setEditing] = useState(false);
  const { accessionNumber: accession } = order;
  if (editing) {
    const saved = () => {
      setEditing(false);
      onChanged();
    };
    return <OrderDialog order={order} stations={stations} onClose={() => setEditing(false)} onSaved={saved} />;
  }
  const actions = <Actions order={order} onEdit={() => setEditing(true)} onChanged={onChanged} />;
  return (
    <Dialog wide title={t('orders.details', { accession })} onClose={onClose} actions={actions}>
      <header class="order-person">
        <h3>{orderName(order.patient)}</h3>
        <PriorityBadge priority={order.priority} />
        <StateBadge state={order.state} />
      </header>
      <div class="order-columns">
        <PatientFacts order={order} />
        <RequestFacts order={order} />
      </div>
      <StepList order={order} />
      <PerformedList performed={order.performed} />
    </Dialog>
  );
}

function Facts({
  title,
  facts,
}: {
  readonly title: TextKey;
  readonly facts: readonly (readonly [string, ComponentChildren])[];
}): VNode {
  return (
    <section class="stack stack-tight">
      <h3 class="order-section">{t(title)}</h3>
      <FactList facts={facts} />
    </section>
  );
}

function PatientFacts({ order }: { readonly order: Order }): VNode {
  const { patient, weight } = order;
  const facts = [
    [t('orders.patientId'), patient.id],
    [t('worklist.birthDate'), birthText(patient.birthDate)],
    [t('worklist.colAge'), ageWords(patient.birthDate, order.steps[0]?.start.slice(0, 10) ?? null)],
    [t('orders.sex'), sexWord(patient.sex)],
    [t('orders.weight'), weight === null ? '' : weight.toLocaleString('vi')],
    [t('orders.pregnancy'), pregnancyWords(order.pregnancyStatus)],
    [t('orders.allergies'), order.allergies],
  ] as const;
  return <Facts title="orders.patient" facts={facts} />;
}

function RequestFacts({ order }: { readonly order: Order }): VNode {
  const { session } = useApp();
  const several = (session.session.value?.facilities.length ?? 0) > 1;
  const facts = [
    [t('orders.description'), order.description],
    [t('orders.service'), order.requestingService],
    [t('orders.doctor'), plainName(order.referringPhysician)],
    [t('orders.clinical'), order.clinicalInfo],
    [t('orders.colImages'), order.study === null ? t('orders.noImages') : t('orders.images', { count: order.study.instances })],
    [t('orders.facility'), several ? session.facilityName(order.facility) : ''],
  ] as const;
  return <Facts title="orders.request" facts={facts} />;
}

function StepList({ order }: { readonly order: Order }): VNode {
  const several = order.steps.length > 1;
  return (
    <section class="stack stack-tight">
      <h3 class="order-section">{t('orders.steps')}</h3>
      <ul class="order-steps">
        {order.steps.map((step) => (
          <li key={step.id}>
            <strong class="numeric">{startWords(step.start) || t('orders.noTime')}</strong>
            <span>{modalityName(step.modality)}</span>
            <span class={step.stationAeTitle === '' ? 'faint' : 'fixed'}>{step.stationAeTitle || t('orders.anyMachine')}</span>
            <span class="soft grow">{[step.room, step.description].filter(Boolean).join(' · ')}</span>
            {several && isState(step.state) && <StateBadge state={step.state} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function PerformedList({ performed }: { readonly performed: readonly Performed[] }): VNode | null {
  if (performed.length === 0) {
    return null;
  }
  return (
    <section class="stack stack-tight">
      <h3 class="order-section">{t('orders.performed')}</h3>
      <ul class="order-steps">
        {performed.map((step) => (
          <li key={step.sopInstanceUid}>
            <span class="numeric grow">
              {t(step.end === null ? 'orders.performedAt' : 'orders.performedTo', {
                station: step.stationAeTitle,
                start: startWords(step.start),
                end: startWords(step.end),
              })}
            </span>
            {step.state !== 'IN PROGRESS' && (
              <span class="soft">{t('orders.performedImages', { count: step.instances ?? 0 })}</span>
            )}
            <PerformedBadge state={step.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PerformedBadge({ state }: { readonly state: string }): VNode | null {
  const known = state.replace(' ', '_');
  return isState(known) ? <StateBadge state={known} /> : null;
}

function isState(state: string): state is Order['state'] {
  return state in STATE_NAMES;
}

const STATE_NAMES: Readonly<Record<Order['state'], true>> = {
  SCHEDULED: true,
  IN_PROGRESS: true,
  COMPLETED: true,
  DISCONTINUED: true,
  CANCELLED: true,
};

interface ActionsProps {
  readonly order: Order;
  readonly onEdit: () => void;
  readonly onChanged: () => void;
}

function Actions({ order, onEdit, onChanged }: ActionsProps): VNode {
  const { session, navigator } = useApp();
  const { study, state } = order;
  const may = mayOrder(session);
  const [adding, setAdding] = useState(false);
  return (
    <>
      {may && state === 'CANCELLED' && <RestoreAction order={order} onChanged={onChanged} />}
      {may && state === 'SCHEDULED' && <CancelAction order={order} onChanged={onChanged} />}
      {may && study !== null && study.instances > 0 && (
        <UnmatchAction order={order} studyInstanceUid={study.studyInstanceUid} onChanged={onChanged} />
      )}
      <span class="grow" />
      {session.may('upload') && state !== 'CANCELLED' && (
        <Button icon={FilePlus} onClick={() => setAdding(true)}>
          {t('importing.documentButton')}
        </Button>
      )}
      {adding && (
        <DocumentDialog
          name={orderName(order.patient)}
          into={{ accession: order.accessionNumber }}
          onClose={() => {
            setAdding(false);
            onChanged();
          }}
        />
      )}
      {may && state !== 'CANCELLED' && (
        <Button icon={Pencil} onClick={onEdit}>
          {t('common.edit')}
        </Button>
      )}
      {study !== null && study.instances > 0 && (
        <Button kind="primary" icon={Images} onClick={() => navigator.go(studyUrl(study.studyInstanceUid))}>
          {t('orders.openStudy')}
        </Button>
      )}
    </>
  );
}

function CancelAction({ order, onChanged }: { readonly order: Order; readonly onChanged: () => void }): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const { accessionNumber: accession } = order;
  const cancel = async () => {
    if (await sending.run(() => cancelOrder(client, order))) {
      toast('success', t('orders.cancelled', { accession }));
      setAsking(false);
      onChanged();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('orders.cancelOrder')}
      </Button>
      {asking && (
        <Confirm
          title={t('orders.cancelTitle', { accession })}
          text={t('orders.cancelText', { name: orderName(order.patient), description: order.description || accession })}
          action={t('orders.cancelOrder')}
          stay={t('orders.keep')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void cancel()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function RestoreAction({ order, onChanged }: { readonly order: Order; readonly onChanged: () => void }): VNode {
  const { client } = useApp();
  const sending = useSending();
  const restore = async () => {
    const body = orderBody(formOf(order), order);
    if (await sending.run(() => restoreOrder(client, order, order.version, body))) {
      toast('success', t('orders.restored', { accession: order.accessionNumber }));
      onChanged();
    }
  };
  return (
    <>
      {sending.problem !== undefined && <span class="field-error grow">{failureText(sending.problem)}</span>}
      <Button icon={RotateCcw} busy={sending.busy} onClick={() => void restore()}>
        {t('orders.restore')}
      </Button>
    </>
  );
}

interface UnmatchActionProps {
  readonly order: Order;
  readonly studyInstanceUid: string;
  readonly onChanged: () => void;
}

function UnmatchAction({ order, studyInstanceUid, onChanged }: UnmatchActionProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const { accessionNumber: accession } = order;
  const unmatch = async () => {
    if (await sending.run(() => unmatchStudy(client, studyInstanceUid))) {
      toast('success', t('orders.unmatchDone', { accession }));
      setAsking(false);
      onChanged();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('orders.unmatch')}
      </Button>
      {asking && (
        <Confirm
          title={t('orders.unmatchTitle', { accession })}
          text={t('orders.unmatchText')}
          action={t('orders.unmatch')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void unmatch()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
