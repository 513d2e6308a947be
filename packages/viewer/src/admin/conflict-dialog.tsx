import type { VNode } from 'preact';
import { ApiError } from '../api/client.ts';
import { type Conflict, type ConflictDetail, readConflict, resolveConflict } from '../api/conflicts.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { byMeaning, tagWords, valueWords } from './difference-words.ts';
import { FormProblem, LoadedView } from './section.tsx';

export interface ConflictDialogProps {
  readonly conflict: Conflict;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}

/** The two objects side by side, attribute by attribute where they differ, and the decision. */
export function ConflictDialog({ conflict, onClose, onDecided }: ConflictDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const loaded = useLoaded(conflict.id, (signal) => readConflict(client, conflict.id, signal));
  const decide = async (keep: 'existing' | 'new') => {
    const done = await sending.run(async () => {
      try {
        await resolveConflict(client, conflict.id, keep);
        toast('success', t('conflict.done'));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409)) {
          throw error;
        }
        toast('failure', t('conflict.alreadyDone'));
      }
    });
    if (done) {
      onDecided();
    }
  };
  const foreign = conflict.kind === 'foreign';
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.close')}</Button>
      <Button busy={sending.busy} disabled={loaded.value === undefined} onClick={() => void decide('existing')}>
        {t(foreign ? 'conflict.refuseForeign' : 'conflict.keepExisting')}
      </Button>
      <Button kind="primary" busy={sending.busy} disabled={loaded.value === undefined} onClick={() => void decide('new')}>
        {t(foreign ? 'conflict.acceptForeign' : 'conflict.keepNew')}
      </Button>
    </>
  );
  return (
    <Dialog wide title={t('conflict.title')} onClose={onClose} actions={actions}>
      <FormProblem problem={sending.problem} />
      <Facts conflict={conflict} />
      <LoadedView loaded={loaded}>{(detail) => <Differences detail={detail} />}</LoadedView>
    </Dialog>
  );
}

function Facts({ conflict }: { readonly conflict: Conflict }): VNode {
  const { session } = useApp();
  const from = [conflict.from, session.facilityName(conflict.fromFacility)].filter(Boolean).join(' · ');
  return (
    <dl class="facts facts-row">
      <div>
        <dt>{t('conflict.from')}</dt>
        <dd>{from}</dd>
      </div>
      <div>
        <dt>{t('conflict.received')}</dt>
        <dd class="numeric">{formatInstant(conflict.receivedAt)}</dd>
      </div>
      <div>
        <dt>{t('conflict.facility')}</dt>
        <dd>{session.facilityName(conflict.facility)}</dd>
      </div>
      <div>
        <dd>
          <Link href={studyUrl(conflict.studyInstanceUid)}>{t('conflict.openStudy')}</Link>
        </dd>
      </div>
    </dl>
  );
}

function Differences({ detail }: { readonly detail: ConflictDetail }): VNode {
  if (detail.kind === 'foreign') {
    return <Notice kind="warning">{t('conflict.noExisting')}</Notice>;
  }
  if (detail.differences.length === 0) {
    return <Notice>{t('conflict.noDifferences')}</Notice>;
  }
  return (
    <div class="table-scroll">
      <table class="table differences">
        <thead>
          <tr>
            <th scope="col">{t('conflict.attribute')}</th>
            <th scope="col">{t('conflict.existing')}</th>
            <th scope="col">{t('conflict.new')}</th>
          </tr>
        </thead>
        <tbody>
          {byMeaning(detail.differences).map(({ tag, keyword, existing, new: other }) => (
            <tr key={tag}>
              <th scope="row">
                {keyword || t('conflict.private')}
                <span class="faint fixed">{tagWords(tag)}</span>
              </th>
              <td data-label={t('conflict.existing')}>{valueWords(existing)}</td>
              <td data-label={t('conflict.new')}>{valueWords(other)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {detail.truncated && <p class="soft">{t('conflict.truncated')}</p>}
    </div>
  );
}
