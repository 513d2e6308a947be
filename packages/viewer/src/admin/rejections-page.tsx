import './rejections.css';
import { FileX2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../api/page.ts';
import { type Rejection, type RejectionState, readRejections } from '../api/rejections.ts';
import { useApp } from '../app/context.ts';
import { orderChanges } from '../app/live.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { SelectField } from '../design/field.tsx';
import { Badge, type BadgeProps, Empty } from '../design/status.tsx';
import { formatBytes, formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { Pages } from './pages.tsx';
import { RejectionDialog } from './rejection-dialog.tsx';
import { patientOf, reasonOf, standingOf } from './rejection-words.ts';
import { LoadedView, Section } from './section.tsx';

/** What the list may be limited to; empty for all. */
const SHOWN = ['', 'hidden', 'restored', 'removed'] as const;

/** What was taken out of sight, by whom and why, and the way back. */
export function RejectionsPage(): VNode {
  const { client } = useApp();
  const [state, setState] = useState<(typeof SHOWN)[number]>('');
  const wanted: RejectionState | undefined = state === '' ? undefined : state;
  const loaded = useLoaded<Page<Rejection, string>>(`rejections ${state}`, (signal) =>
    readRejections(client, { state: wanted }, signal),
  );
  // What was asked for beyond the first page would be gone.
  const more = useRef(false);
  useEffect(() => {
    more.current = false;
  }, [state]);
  useEffect(() => {
    if (!more.current && loaded.value !== undefined) {
      loaded.refresh();
    }
  }, [orderChanges.value]);
  const filter = (
    <SelectField
      label={t('rejections.show')}
      options={SHOWN.map((value) => ({ value, label: t(`rejections.show_${value === '' ? 'all' : value}`) }))}
      value={state}
      onText={(value) => setState(SHOWN.find((known) => known === value) ?? '')}
    />
  );
  return (
    <Section title={t('admin.rejections')} intro={t('rejections.intro')} action={filter}>
      <LoadedView loaded={loaded}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={FileX2} title={t('rejections.empty')} text={t('rejections.emptyText')} />
          ) : (
            <Rejections
              first={page}
              read={(after) => {
                more.current = true;
                return readRejections(client, { state: wanted, after });
              }}
              onEnded={loaded.reload}
            />
          )
        }
      </LoadedView>
    </Section>
  );
}

interface RejectionsProps {
  readonly first: Page<Rejection, string>;
  readonly read: (after: string) => Promise<Page<Rejection, string>>;
  readonly onEnded: () => void;
}

function Rejections({ first, read, onEnded }: RejectionsProps): VNode {
  const [shown, setShown] = useState<Rejection | undefined>(undefined);
  return (
    <>
      <Pages first={first} read={read}>
        {(rows) => <AdminTable rows={rows} keyOf={({ id }) => id} columns={columnsOf(setShown)} />}
      </Pages>
      {shown !== undefined && (
        <RejectionDialog
          rejection={shown}
          onClose={() => setShown(undefined)}
          onEnded={() => {
            setShown(undefined);
            onEnded();
          }}
        />
      )}
    </>
  );
}

const KINDS: Readonly<Record<RejectionState, BadgeProps['kind']>> = {
  hiding: 'warning',
  hidden: 'warning',
  restoring: 'accent',
  restored: 'success',
  removing: 'danger',
  removed: 'plain',
};

function columnsOf(onShow: (rejection: Rejection) => void): readonly Column<Rejection>[] {
  return [
    {
      title: t('rejections.colPatient'),
      kind: 'main',
      cell: (rejection) => (
        <span class="stacked">
          {patientOf(rejection)}
          <span class="faint fixed">{rejection.patientId}</span>
        </span>
      ),
    },
    {
      title: t('rejections.colReason'),
      cell: (rejection) => (
        <span class="stacked">
          {reasonOf(rejection)}
          {rejection.noteUid === null && rejection.reason !== '' && <span class="soft">{rejection.reason}</span>}
        </span>
      ),
    },
    {
      title: t('rejections.colImages'),
      class: 'numeric cell-nowrap',
      cell: ({ instances: count, bytes }) => t('rejections.images', { count, bytes: formatBytes(bytes) }),
    },
    { title: t('rejections.colBy'), cell: ({ by }) => by },
    { title: t('rejections.colAt'), class: 'numeric cell-nowrap', cell: ({ at }) => formatInstant(at) },
    {
      title: t('rejections.colState'),
      cell: (rejection) => (
        <span class="stacked">
          <Badge kind={KINDS[rejection.state] ?? 'plain'}>{t(`rejections.state_${rejection.state}`)}</Badge>
          <span class="soft numeric">{standingOf(rejection)}</span>
        </span>
      ),
    },
    {
      title: '',
      kind: 'actions',
      cell: (rejection) => (
        <Button small aria-label={t('rejections.openOf', { name: patientOf(rejection) })} onClick={() => onShow(rejection)}>
          {t('rejections.open')}
        </Button>
      ),
    },
  ];
}
