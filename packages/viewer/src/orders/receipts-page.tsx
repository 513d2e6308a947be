import { CircleCheck, CloudOff, ReceiptText } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { AdminTable, type Column } from '../admin/admin-table.tsx';
import { Pages } from '../admin/pages.tsx';
import { failureText } from '../api/failure.ts';
import { type AbsentStudy, type OpenReceipts, type OpenState, readOpenReceipts } from '../api/open-receipts.ts';
import type { Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { type Loaded, useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Empty, Notice, Skeleton } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { ReceiptMark } from '../worklist/receipt-mark.tsx';
import { ReceiptPanel } from '../worklist/receipt-panel.tsx';
import { descriptionOf, modalityText, nameOf, whenOf } from '../worklist/words.ts';
import { OrdersFrame } from './orders-frame.tsx';
import { useOrderChanges } from './use-order-changes.ts';

const STATES: readonly OpenState[] = ['problem', 'waiting'];

/** Studies whose receipt is not complete: what is missing or waits for somebody, and what is on its way. */
export function ReceiptsPage(): VNode {
  const { client } = useApp();
  const [state, setState] = useState<OpenState>('problem');
  const loaded = useLoaded<OpenReceipts>(state, (signal) => readOpenReceipts(client, state, undefined, signal));
  useOrderChanges(loaded);
  return (
    <OrdersFrame current="receipts">
      <div class="unmatched-page">
        <p class="soft">{t('receipt.intro')}</p>
        <div class="row row-wrap">
          {STATES.map((one) => (
            <button key={one} type="button" class="chip" aria-pressed={state === one} onClick={() => setState(one)}>
              {t(`receipt.state_${one}`)}
            </button>
          ))}
        </div>
        <Content loaded={loaded} state={state} />
      </div>
    </OrdersFrame>
  );
}

function Content({ loaded, state }: { readonly loaded: Loaded<OpenReceipts>; readonly state: OpenState }): VNode {
  const { client } = useApp();
  const { value, problem, reload } = loaded;
  const [shown, setShown] = useState<Study | undefined>(undefined);
  if (value === undefined && problem !== undefined) {
    return (
      <Empty icon={CloudOff} title={t('receipt.listFailed')} text={failureText(problem)}>
        <Button kind="primary" onClick={reload}>
          {t('common.retry')}
        </Button>
      </Empty>
    );
  }
  if (value === undefined) {
    return <Skeleton width="70%" />;
  }
  if (value.rows.length === 0 && value.absent.length === 0) {
    return <Empty icon={CircleCheck} title={t('receipt.listEmpty')} text={t(`receipt.listEmpty_${state}`)} />;
  }
  return (
    <>
      {value.absent.map((study) => (
        <Absent key={study.studyInstanceUid} study={study} />
      ))}
      {value.rows.length > 0 && (
        <Pages first={value} read={(next) => readOpenReceipts(client, state, next)}>
          {(rows) => <AdminTable rows={rows} keyOf={(study) => study.studyInstanceUid} columns={columns(setShown)} />}
        </Pages>
      )}
      {shown !== undefined && (
        <Dialog title={nameOf(shown.patient)} onClose={() => setShown(undefined)}>
          <ReceiptPanel study={shown} />
        </Dialog>
      )}
    </>
  );
}

/** Nothing of it is here, so nobody can open it. */
function Absent({ study: { studyInstanceUid, refused, from, last } }: { readonly study: AbsentStudy }): VNode {
  return (
    <Notice kind="danger">
      {t('receipt.absent', { from, count: refused, at: formatInstant(last) })} <span class="fixed faint">{studyInstanceUid}</span>
    </Notice>
  );
}

function columns(onShow: (study: Study) => void): readonly Column<Study>[] {
  return [
    {
      title: t('worklist.colName'),
      kind: 'main',
      cell: ({ patient, studyInstanceUid }) => <Link href={studyUrl(studyInstanceUid)}>{nameOf(patient)}</Link>,
    },
    { title: t('worklist.colId'), cell: ({ patient }) => patient.id },
    { title: t('worklist.colDate'), class: 'cell-nowrap', cell: whenOf },
    {
      title: t('worklist.colDescription'),
      cell: (study) => [modalityText(study.modalities), descriptionOf(study)].filter(Boolean).join(' · '),
    },
    { title: t('receipt.title'), class: 'cell-nowrap', cell: ({ receipt, conflicts }) => standing(receipt, conflicts) },
    {
      title: '',
      kind: 'actions',
      cell: (study) => (
        <Button small icon={ReceiptText} onClick={() => onShow(study)}>
          {t('receipt.show')}
        </Button>
      ),
    },
  ];
}

function standing(receipt: Study['receipt'], conflicts: number): VNode {
  return (
    <span class="row">
      <ReceiptMark receipt={receipt} />
      {conflicts > 0 && t('worklist.conflicts', { count: conflicts })}
    </span>
  );
}
