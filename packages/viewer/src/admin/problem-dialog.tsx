import { Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { type Association, forgetProblem, type ProblemDetail, readProblem } from '../api/associations.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FactList } from '../design/fact-list.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { connectionsUrl } from './connection-filters.ts';
import { told } from './diagnosis-words.ts';
import { DirectionBadge } from './direction-badge.tsx';
import { FormProblem, LoadedView } from './section.tsx';

export interface ProblemDialogProps {
  readonly id: number;
  readonly onClose: () => void;
  readonly onForgotten: () => void;
}

/** One problem with all that is known of it, for who has to talk to the people of the machine. */
export function ProblemDialog({ id, onClose, onForgotten }: ProblemDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const loaded = useLoaded<ProblemDetail>(String(id), (signal) => readProblem(client, id, signal));
  const forget = async () => {
    if (await sending.run(() => forgetProblem(client, id))) {
      onForgotten();
    }
  };
  const actions = (
    <>
      <Button kind="quiet" icon={Trash2} busy={sending.busy} title={t('connections.forgetHint')} onClick={() => void forget()}>
        {t('connections.forget')}
      </Button>
      <span class="grow" />
      <Button onClick={onClose}>{t('common.close')}</Button>
    </>
  );
  return (
    <Dialog wide title={t('connections.detailsTitle')} onClose={onClose} actions={actions}>
      <FormProblem problem={sending.problem} />
      <LoadedView loaded={loaded}>{(detail) => <Detail detail={detail} />}</LoadedView>
    </Dialog>
  );
}

function Detail({ detail }: { readonly detail: ProblemDetail }): VNode {
  const { reason, advice } = told(detail);
  const facts: readonly (readonly [string, string])[] = [
    [t('connections.machine'), detail.title],
    [t('connections.address'), detail.port === null || detail.port === 0 ? detail.address : `${detail.address}:${detail.port}`],
    [t('connections.firstSeen'), formatInstant(detail.firstSeen)],
    [t('connections.lastSeen'), formatInstant(detail.lastSeen)],
    [t('connections.times'), String(detail.times)],
    [t('connections.settled'), formatInstant(detail.settledAt)],
    [t('connections.cause'), detail.cause],
    [t('connections.fingerprint'), String(detail.facts.fingerprint ?? '')],
  ];
  return (
    <>
      <div class="row row-wrap">
        <DirectionBadge problem={detail} />
      </div>
      <p class="problem-reason">{reason}</p>
      <p>{advice}</p>
      <FactList facts={facts} />
      {detail.detail !== '' && (
        <section class="stack stack-tight">
          <h3>{t('connections.logWords')}</h3>
          <p class="fixed log-words">{detail.detail}</p>
        </section>
      )}
      <Tries associations={detail.associations} />
      {detail.title !== '' && (
        <p>
          <Link href={connectionsUrl({ view: 'log', title: detail.title, direction: detail.direction })}>
            {t('connections.toLog', { title: detail.title })}
          </Link>
        </p>
      )}
    </>
  );
}

function Tries({ associations }: { readonly associations: readonly Association[] }): VNode | null {
  if (associations.length === 0) {
    return null;
  }
  return (
    <section class="stack stack-tight">
      <h3>{t('connections.tries')}</h3>
      <ul class="refused">
        {associations.map((association) => (
          <li key={association.id}>
            <span class="numeric grow">{formatInstant(association.at)}</span>
            <span class="fixed">{association.association}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
