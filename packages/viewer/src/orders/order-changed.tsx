import type { VNode } from 'preact';
import type { Order } from '../api/orders.ts';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { formDifferences } from './form-differences.ts';
import { formOf, type OrderForm } from './order-form.ts';

export interface OrderChangedProps {
  readonly mine: OrderForm;
  readonly theirs: Order;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else saved the order meanwhile: what differs, side by side, and which is to stand. */
export function OrderChanged({ mine, theirs, onTake, onKeep }: OrderChangedProps): VNode {
  const differences = formDifferences(mine, formOf(theirs));
  return (
    <Notice kind="danger">
      <div class="stack stack-tight">
        <strong>{t('orders.changedTitle')}</strong>
        <p>{t(differences.length === 0 ? 'orders.changedSame' : 'orders.changedText')}</p>
        {differences.length > 0 && (
          <div class="table-scroll">
            <table class="table order-versions">
              <thead>
                <tr>
                  <th scope="col">{t('orders.changedField')}</th>
                  <th scope="col">{t('orders.changedTheirs')}</th>
                  <th scope="col">{t('orders.changedMine')}</th>
                </tr>
              </thead>
              <tbody>
                {differences.map(({ name, mine: ours, theirs: others }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{others || t('orders.blank')}</td>
                    <td>{ours || t('orders.blank')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <div class="row row-wrap">
          <Button small onClick={onTake}>
            {t('orders.takeTheirs')}
          </Button>
          <Button small onClick={onKeep}>
            {t('orders.keepMine')}
          </Button>
        </div>
      </div>
    </Notice>
  );
}
