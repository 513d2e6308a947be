import { Check as CheckIcon, TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { failureText } from '../api/failure.ts';
import type { Order } from '../api/orders.ts';
import type { Study } from '../api/studies.ts';
import { matchStudy } from '../api/unmatched.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Check } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { agreementWord, type Comparison, compare, patientDiffers } from './difference.ts';

export interface MatchDialogProps {
  readonly study: Study;
  readonly order: Order;
  readonly onClose: () => void;
  readonly onMatched: () => void;
}

/** Study and order side by side, and the decision. Where the patient differs somebody has to say that it is the same person. */
export function MatchDialog({ study, order, onClose, onMatched }: MatchDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [sure, setSure] = useState(false);
  const comparisons = compare(study, order);
  // The server compares what is not shown here too, such as who issued the id.
  const refused = sending.problem instanceof ApiError && sending.problem.code === 'patient-mismatch';
  const differs = refused || patientDiffers(comparisons);
  const { accessionNumber: accession } = order;
  const match = async () => {
    if (await sending.run(() => matchStudy(client, study.studyInstanceUid, accession, differs && sure))) {
      toast('success', t('unmatched.done', { accession }));
      onMatched();
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button
        type="submit"
        kind={differs ? 'danger' : 'primary'}
        busy={sending.busy}
        disabled={differs && !sure}
        title={differs && !sure ? t('unmatched.confirmNeeded') : undefined}
      >
        {t(differs ? 'unmatched.doMatchAnyway' : 'unmatched.doMatch')}
      </Button>
    </>
  );
  return (
    <Dialog
      wide
      title={t('unmatched.matchWith', { accession })}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void match()}
    >
      {sending.problem !== undefined && !refused && <Notice kind="danger">{failureText(sending.problem)}</Notice>}
      <Comparisons comparisons={comparisons} />
      {differs ? (
        <Notice kind="warning">
          <div class="stack stack-tight">
            <strong>{t('unmatched.differentPatient')}</strong>
            <Check label={t('unmatched.confirm')} checked={sure} onCheck={setSure} />
          </div>
        </Notice>
      ) : (
        <Notice>{t('unmatched.samePatient')}</Notice>
      )}
      <p class="faint">{t('unmatched.bytes')}</p>
    </Dialog>
  );
}

function Comparisons({ comparisons }: { readonly comparisons: readonly Comparison[] }): VNode {
  return (
    <table class="table comparison">
      <thead>
        <tr>
          <th scope="col">{t('unmatched.field')}</th>
          <th scope="col">{t('unmatched.study')}</th>
          <th scope="col">{t('unmatched.order')}</th>
          <th scope="col">
            <span class="visually-hidden">{t('unmatched.different')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {comparisons.map(({ key, title, study, order, agreement }) => (
          <tr key={key} class={`comparison-${agreement}`}>
            <th scope="row">{t(title)}</th>
            <td data-label={t('unmatched.study')}>{study || '–'}</td>
            <td data-label={t('unmatched.order')}>{order || '–'}</td>
            <td class="comparison-verdict">
              {agreement === 'different' && <TriangleAlert size={15} aria-hidden="true" />}
              {(agreement === 'same' || agreement === 'accents') && <CheckIcon size={15} aria-hidden="true" />}
              {agreementWord(agreement)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
