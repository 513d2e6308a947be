import { FilePlus2, Images, Link2, Search } from 'lucide-preact';
import type { VNode } from 'preact';
import type { Order } from '../api/orders.ts';
import type { Study } from '../api/studies.ts';
import type { Candidate } from '../api/unmatched.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { Button } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { t, textOf } from '../i18n/index.ts';
import { ageOf, descriptionOf, imagesOf, modalityText, nameOf, sexOf, whenOf } from '../worklist/words.ts';
import { mayOrder } from './may-order.ts';
import { PriorityBadge, StateBadge } from './state-badge.tsx';
import { modalitiesOf, nextStep, orderName, personWords, startWords, stationsOf } from './words.ts';

export interface UnmatchedCardProps {
  readonly study: Study;
  readonly candidates: readonly Candidate[];
  readonly onMatch: (order: Order) => void;
  readonly onFind: () => void;
  readonly onMake: () => void;
}

/** One study that has no order, and below it the orders that it may be. */
export function UnmatchedCard({ study, candidates, onMatch, onFind, onMake }: UnmatchedCardProps): VNode {
  const may = mayOrder(useApp().session);
  return (
    <li class="panel unmatched-card">
      <StudyFacts study={study} />
      <section class="unmatched-candidates" aria-label={t('unmatched.candidates')}>
        {candidates.length === 0 ? (
          <p class="faint">{t('unmatched.noCandidates')}</p>
        ) : (
          <ul>
            {candidates.map((candidate, index) => (
              <CandidateRow
                key={candidate.order.accessionNumber}
                candidate={candidate}
                best={index === 0 && candidates.length > 1}
                may={may}
                onMatch={onMatch}
              />
            ))}
          </ul>
        )}
        {may && (
          <div class="row row-wrap">
            <Button small kind="quiet" icon={Search} onClick={onFind}>
              {t('unmatched.find')}
            </Button>
            <Button small kind="quiet" icon={FilePlus2} onClick={onMake}>
              {t('unmatched.makeOrder')}
            </Button>
          </div>
        )}
      </section>
    </li>
  );
}

function StudyFacts({ study }: { readonly study: Study }): VNode {
  const person = [study.patient.id, sexOf(study.patient), ageOf(study)].filter(Boolean).join(' · ');
  return (
    <div class="unmatched-study">
      <div class="grow">
        <strong>{nameOf(study.patient)}</strong>
        <div class="soft">{person}</div>
        <div class="soft">
          <span class="modality">{modalityText(study.modalities)}</span> {descriptionOf(study)}
        </div>
        <div class="faint numeric">
          {whenOf(study)} · {t('worklist.images', { count: study.instanceCount })}
          {study.accessionNumber !== '' && ` · ${t('orders.colAccession')} ${study.accessionNumber}`}
        </div>
      </div>
      <Link
        class="button button-small"
        href={studyUrl(study.studyInstanceUid)}
        aria-label={`${t('unmatched.open')}, ${imagesOf(study)}`}
      >
        <Images size={16} aria-hidden="true" />
        {t('unmatched.open')}
      </Link>
    </div>
  );
}

interface CandidateRowProps {
  readonly candidate: Candidate;
  readonly best: boolean;
  readonly may: boolean;
  readonly onMatch: (order: Order) => void;
}

function CandidateRow({ candidate, best, may, onMatch }: CandidateRowProps): VNode {
  const { order, reasons } = candidate;
  const { accessionNumber: accession } = order;
  const what = [modalitiesOf(order), stationsOf(order), order.description].filter(Boolean).join(' · ');
  return (
    <li class="candidate">
      <div class="grow">
        <div class="row row-wrap">
          <strong>{orderName(order.patient)}</strong>
          <span class="soft">{[order.patient.id, personWords(order)].filter(Boolean).join(' · ')}</span>
          <PriorityBadge priority={order.priority} />
          {best && <Badge kind="accent">{t('unmatched.best')}</Badge>}
        </div>
        <div class="soft">
          <span class="fixed">{accession}</span> · {what}
          <span class="numeric faint"> · {startWords(nextStep(order)?.start)}</span>
        </div>
        <div class="row row-wrap candidate-reasons">
          <StateBadge state={order.state} />
          {reasons.map((reason) => (
            <Badge key={reason}>{textOf('unmatched', `reason_${reason}`) ?? reason}</Badge>
          ))}
        </div>
      </div>
      {may && (
        <Button
          small
          kind={best ? 'primary' : 'plain'}
          icon={Link2}
          aria-label={t('unmatched.matchWith', { accession })}
          onClick={() => onMatch(order)}
        >
          {t('unmatched.match')}
        </Button>
      )}
    </li>
  );
}
