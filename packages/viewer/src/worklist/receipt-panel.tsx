import { Check, CircleAlert, Clock3, Minus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { queueUrl } from '../admin/queue-filters.ts';
import { failureText, isAbort } from '../api/failure.ts';
import { type Receipt, readReceipt } from '../api/receipts.ts';
import type { Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { useRefresh } from '../app/use-refresh.ts';
import { Notice, Skeleton } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { ReceiptBadge } from './receipt-mark.tsx';
import { type ReceiptStep, receiptAdvice, receiptSteps } from './receipt-steps.ts';

/** What the list's events do not tell of, such as the end of an hour in which nothing is sent. */
const REFRESH_MS = 30_000;

/** Whether a study arrived whole, is safe, and where it went, line by line. */
export function ReceiptPanel({ study }: { readonly study: Study }): VNode {
  const { client } = useApp();
  const [receipt, setReceipt] = useState<Receipt | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [asked, setAsked] = useState(0);
  useRefresh(() => setAsked((count) => count + 1), REFRESH_MS);
  // The list hands over a new row whenever something of the study changed.
  useEffect(() => {
    const request = new AbortController();
    readReceipt(client, study.studyInstanceUid, request.signal).then(
      (found) => {
        setReceipt(found);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!isAbort(error)) {
          setProblem(error);
        }
      },
    );
    return () => request.abort();
  }, [study, asked]);
  if (receipt === undefined) {
    return problem === undefined ? (
      <ReceiptFrame>
        <Skeleton />
      </ReceiptFrame>
    ) : (
      <Notice kind="danger">{`${t('receipt.failed')} ${failureText(problem)}`}</Notice>
    );
  }
  return (
    <ReceiptFrame badge={<ReceiptBadge receipt={receipt} />}>
      <p class={receipt.state === 'problem' ? 'receipt-advice receipt-problem' : 'receipt-advice'}>{receiptAdvice(receipt)}</p>
      <ol class="receipt-steps">
        {receiptSteps(receipt).map((step, index) => (
          <Step key={`${index} ${step.title}`} step={step} />
        ))}
      </ol>
    </ReceiptFrame>
  );
}

function ReceiptFrame({ badge, children }: { readonly badge?: VNode; readonly children: VNode | readonly VNode[] }): VNode {
  return (
    <section class="receipt" aria-labelledby="receipt-title">
      <header class="receipt-head">
        <h3 id="receipt-title">{t('receipt.title')}</h3>
        {badge}
      </header>
      {children}
    </section>
  );
}

const ICONS = { done: Check, waiting: Clock3, problem: CircleAlert, none: Minus } as const;

function Step({ step: { state, title, detail, count, queue } }: { readonly step: ReceiptStep }): VNode {
  const { session } = useApp();
  const Icon = ICONS[state];
  return (
    <li class={`receipt-step receipt-${state}`}>
      <Icon size={16} aria-hidden="true" />
      <span class="grow">
        {queue !== undefined && session.may('administer') ? (
          <Link href={queueUrl({ at: queue, state: state === 'problem' ? 'aside' : 'queued' })}>{title}</Link>
        ) : (
          title
        )}{' '}
        {detail !== '' && <span class="receipt-detail">{detail}</span>}
      </span>
      <span class="numeric receipt-count">{count}</span>
    </li>
  );
}
