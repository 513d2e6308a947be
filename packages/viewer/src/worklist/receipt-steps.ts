import { deliveryProblem } from '../api/delivery-problem.ts';
import type { CentreStanding, DeliveryStanding, Receipt } from '../api/receipts.ts';
import { formatDate, formatInstant, formatNumber, localDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

/** One line of a receipt: what happened, with how many images. */
export interface ReceiptStep {
  readonly state: 'done' | 'waiting' | 'problem' | 'none';
  readonly title: string;
  readonly detail: string;
  readonly count: string;
  /** The destination whose queue tells more, where something waits in it. */
  readonly queue?: string;
}

/** A receipt line by line, in the order in which images go: told, sent, safe, listed, sent on, confirmed. */
export function receiptSteps(receipt: Receipt): readonly ReceiptStep[] {
  return [
    ...toldSteps(receipt),
    ...sentSteps(receipt),
    ...keptSteps(receipt),
    ...receipt.deliveries.flatMap(deliverySteps),
    ...(receipt.undecided > 0 ? [step('waiting', t('receipt.undecided'), receipt.undecided)] : []),
    ...(receipt.centre === null ? [] : [centreStep(receipt.centre)]),
    committedStep(receipt),
  ];
}

/** What to do about the images at the machine. */
export function receiptAdvice(receipt: Receipt): string {
  const { state, missing, refused, conflicts, deliveries } = receipt;
  // While images come in some are missing all the time; what was refused does not come by itself.
  if (refused > 0 || (missing > 0 && state === 'problem')) {
    return t('receipt.adviceMissing');
  }
  if (conflicts > 0) {
    return t('receipt.adviceConflict');
  }
  if (state === 'incomplete') {
    return t('receipt.adviceArriving');
  }
  if (deliveries.some(({ aside }) => aside > 0)) {
    return t('receipt.adviceAside');
  }
  return isTold(receipt) ? t('receipt.adviceSafe') : t('receipt.adviceUntold');
}

function isTold({ told }: Receipt): boolean {
  return told.some(({ by }) => by !== 'association');
}

function step(state: ReceiptStep['state'], title: string, count: number | string, detail = ''): ReceiptStep {
  return { state, title, detail, count: typeof count === 'number' ? formatNumber(count) : count };
}

/** By procedure steps, which name all that was made; else by what the machine asked about. */
function toldSteps(receipt: Receipt): readonly ReceiptStep[] {
  const by = receipt.told.some((told) => told.by === 'mpps') ? 'mpps' : 'commitment';
  const told = receipt.told.filter((one) => one.by === by);
  if (told.length === 0) {
    return [step('none', t('receipt.toldNone'), '')];
  }
  return told.map(({ from, count, at }) =>
    step('done', t('receipt.told', { from }), count, t(`receipt.toldBy_${by}`, { at: when(at) })),
  );
}

function sentSteps({ sent, refusals }: Receipt): readonly ReceiptStep[] {
  const came = sent.map(({ callingAe, user, count, last }) => {
    const title =
      callingAe === null
        ? user === null
          ? t('receipt.sentUnknown')
          : t('receipt.sentUpload', { from: user })
        : t('receipt.sentBy', { from: callingAe });
    return step('done', title, count, when(last));
  });
  const refused = refusals.map(({ reason, from, count, last }) =>
    step('problem', t(`receipt.refused_${reason}`, { from }), count, when(last)),
  );
  return [...came, ...refused];
}

function keptSteps({ state, safe, indexed, conflicts, missing }: Receipt): readonly ReceiptStep[] {
  return [
    step(safe === 0 ? 'none' : 'done', t('receipt.safe'), safe),
    step(indexed === 0 ? 'none' : 'done', t('receipt.indexed'), indexed),
    ...(conflicts > 0 ? [step('problem', t('receipt.conflicts'), conflicts)] : []),
    ...(missing > 0 ? [step(state === 'problem' ? 'problem' : 'waiting', t('receipt.notHere'), missing)] : []),
  ];
}

function deliverySteps(delivery: DeliveryStanding): readonly ReceiptStep[] {
  const { destination, site, delivered, waiting, held, aside, problem } = delivery;
  const to = site ?? destination;
  const all = delivered + waiting + held + aside;
  const count = delivered === all ? all : `${formatNumber(delivered)}/${formatNumber(all)}`;
  if (aside > 0) {
    const detail = problem === null ? '' : t('receipt.asideOf', { count: aside, problem: deliveryProblem(problem) });
    return [{ ...step('problem', t('receipt.aside', { to }), count, detail), queue: destination }];
  }
  if (waiting > 0) {
    return [{ ...step('waiting', t('receipt.sending', { to }), count, onItsWay(delivery)), queue: destination }];
  }
  if (held > 0) {
    return [
      {
        ...step('waiting', t('receipt.held', { to }), count, problem === null ? '' : deliveryProblem(problem)),
        queue: destination,
      },
    ];
  }
  return [step('done', t('receipt.arrived', { to }), count, arrivedDetail(delivery))];
}

/** What the centre has of it; while the line is down, what it said last, and when. */
function centreStep({ receipt, asOf, problem }: CentreStanding): ReceiptStep {
  const detail =
    asOf === null
      ? t('receipt.centreNeverAsked')
      : t(problem === null ? 'receipt.centreAsOf' : 'receipt.centreAway', { at: when(asOf) });
  const wrong = receipt?.state === 'problem';
  const state = problem !== null || receipt === null ? 'waiting' : wrong ? 'problem' : 'done';
  return step(state, t(wrong ? 'receipt.centreProblem' : 'receipt.centre'), receipt?.indexed ?? '', detail);
}

function onItsWay({ problem, arrives }: DeliveryStanding): string {
  if (problem !== null) {
    return deliveryProblem(problem);
  }
  return arrives === null ? '' : t('receipt.arrives', { at: when(arrives) });
}

function arrivedDetail({ lastDeliveredAt, delivered, confirmed }: DeliveryStanding): string {
  return [lastDeliveredAt === null ? '' : when(lastDeliveredAt), confirmedWords(delivered, confirmed)].filter(Boolean).join(', ');
}

function confirmedWords(delivered: number, confirmed: number | null): string {
  if (confirmed === null) {
    return '';
  }
  return confirmed < delivered ? t('receipt.confirmedSome', { confirmed, delivered }) : t('receipt.confirmed');
}

/** An instant, of today by its time alone. */
function when(iso: string): string {
  const [day = '', time = ''] = formatInstant(iso).split(' ');
  return day === formatDate(localDate(new Date())) ? time : `${time} ${day}`;
}

function committedStep({ missing, commitment: { asked, granted, reportedAt } }: Receipt): ReceiptStep {
  if (asked === 0) {
    return step('none', t('receipt.notAsked'), '');
  }
  const detail = reportedAt === null ? t('receipt.notReported') : t('receipt.reported', { at: when(reportedAt) });
  if (granted < asked) {
    // It was told that some are not kept: even if they are here now, it knows only once it asks again.
    return step(
      missing > 0 ? 'problem' : 'waiting',
      t('receipt.committed'),
      t('receipt.committedOf', { granted, asked }),
      detail,
    );
  }
  return step(reportedAt === null ? 'waiting' : 'done', t('receipt.committed'), granted, detail);
}
