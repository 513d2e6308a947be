import { Search } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { findOrders, type Order } from '../api/orders.ts';
import type { Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { nameOf } from '../worklist/words.ts';
import { StateBadge } from './state-badge.tsx';
import { modalitiesOf, nextStep, orderName, personWords, startWords } from './words.ts';

export interface FindOrderDialogProps {
  readonly study: Study;
  readonly onClose: () => void;
  readonly onFound: (order: Order) => void;
}

/** Looks for an order that did not suggest itself, as when the machine was given another patient's id. */
export function FindOrderDialog({ study, onClose, onFound }: FindOrderDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [q, setQ] = useState(study.accessionNumber || nameOf(study.patient));
  const [found, setFound] = useState<readonly Order[] | undefined>(undefined);
  const search = () =>
    sending.run(async () => {
      const { orders } = await findOrders(client, { q: q.trim() });
      setFound(orders.filter(({ state, facility }) => state !== 'CANCELLED' && facility === study.facility));
    });
  const actions = <Button onClick={onClose}>{t('common.cancel')}</Button>;
  return (
    <Dialog wide title={t('unmatched.find')} onClose={onClose} actions={actions} onSubmit={() => void search()}>
      <div class="order-find">
        <TextField
          label={t('unmatched.findHint')}
          autoFocus
          autoComplete="off"
          spellcheck={false}
          maxLength={64}
          value={q}
          onText={setQ}
        />
        <Button type="submit" kind="primary" icon={Search} busy={sending.busy} disabled={q.trim() === ''}>
          {t('common.search')}
        </Button>
      </div>
      {sending.problem !== undefined && <Notice kind="danger">{failureText(sending.problem)}</Notice>}
      {found?.length === 0 && <p class="soft">{t('unmatched.findNone')}</p>}
      {found !== undefined && found.length > 0 && (
        <ul class="order-steps">
          {found.map((order) => (
            <li key={order.accessionNumber}>
              <div class="grow">
                <strong>{orderName(order.patient)}</strong>{' '}
                <span class="soft">{[order.patient.id, personWords(order)].filter(Boolean).join(' · ')}</span>
                <div class="soft numeric">
                  {[order.accessionNumber, modalitiesOf(order), order.description, startWords(nextStep(order)?.start)]
                    .filter(Boolean)
                    .join(' · ')}
                </div>
              </div>
              <StateBadge state={order.state} />
              <Button small onClick={() => onFound(order)}>
                {t('unmatched.match')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
