import { GitCompareArrows } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Conflict, readConflicts } from '../api/conflicts.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Badge, Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { Pages } from './pages.tsx';
import { LoadedView, Section } from './section.tsx';

export function ConflictsPage(): VNode {
  const { client } = useApp();
  const loaded = useLoaded<Page<Conflict, string>>('conflicts', (signal) => readConflicts(client, undefined, signal));
  return (
    <Section title={t('admin.conflicts')} intro={t('conflict.intro')}>
      <LoadedView loaded={loaded}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={GitCompareArrows} title={t('conflict.empty')} text={t('conflict.emptyText')} />
          ) : (
            <Conflicts first={page} onDecided={loaded.reload} />
          )
        }
      </LoadedView>
    </Section>
  );
}

interface ConflictsProps {
  readonly first: Page<Conflict, string>;
  readonly onDecided: () => void;
}

function Conflicts({ first, onDecided }: ConflictsProps): VNode {
  const { client } = useApp();
  const [shown, setShown] = useState<Conflict | undefined>(undefined);
  return (
    <>
      <Pages first={first} read={(next) => readConflicts(client, next)}>
        {(rows) => (
          <ul class="machines">
            {rows.map((conflict) => (
              <ConflictRow key={conflict.id} conflict={conflict} onShow={() => setShown(conflict)} />
            ))}
          </ul>
        )}
      </Pages>
      {shown !== undefined && (
        <ConflictDialog
          conflict={shown}
          onClose={() => setShown(undefined)}
          onDecided={() => {
            setShown(undefined);
            onDecided();
          }}
        />
      )}
    </>
  );
}

function ConflictRow({ conflict, onShow }: { readonly conflict: Conflict; readonly onShow: () => void }): VNode {
  const { session } = useApp();
  return (
    <li class="panel machine">
      <div class="machine-name">
        <strong>{conflict.from}</strong>
        <span class="soft numeric">{formatInstant(conflict.receivedAt)}</span>
      </div>
      <div class="machine-facts">
        <span class="row row-wrap">
          <Badge kind={conflict.kind === 'foreign' ? 'warning' : 'danger'}>{t(`conflict.kind_${conflict.kind}`)}</Badge>
          <span class="soft">{session.facilityName(conflict.facility)}</span>
        </span>
        <span class="faint fixed">{conflict.sopInstanceUid}</span>
      </div>
      <div class="machine-actions">
        <Button small kind="primary" icon={GitCompareArrows} onClick={onShow}>
          {t('conflict.compare')}
        </Button>
      </div>
    </li>
  );
}
