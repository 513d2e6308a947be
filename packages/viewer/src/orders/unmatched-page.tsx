import { CircleCheck, CloudOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import type { Order } from '../api/orders.ts';
import { readStations, type Station } from '../api/stations.ts';
import type { Study } from '../api/studies.ts';
import { type UnmatchedPage as Page, readUnmatched, type Unmatched } from '../api/unmatched.ts';
import { useApp } from '../app/context.ts';
import { type Loaded, useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Empty, Notice, Skeleton } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { FindOrderDialog } from './find-order-dialog.tsx';
import { MatchDialog } from './match-dialog.tsx';
import { OrderDialog } from './order-dialog.tsx';
import { orderStart } from './order-from-study.ts';
import { OrdersFrame } from './orders-frame.tsx';
import { UnmatchedCard } from './unmatched-card.tsx';
import { useOrderChanges } from './use-order-changes.ts';

const NO_STATIONS: readonly Station[] = [];

/** What is being done with one of the studies. */
type Doing =
  | { readonly what: 'match'; readonly study: Study; readonly order: Order }
  | { readonly what: 'find' | 'make'; readonly study: Study };

/** Studies without an order, each with the orders it may belong to. */
export function UnmatchedPage(): VNode {
  const { client } = useApp();
  const loaded = useLoaded<Page>('unmatched', (signal) => readUnmatched(client, undefined, signal));
  useOrderChanges(loaded);
  return (
    <OrdersFrame current="unmatched">
      <div class="unmatched-page">
        <p class="soft">{t('unmatched.intro')}</p>
        <Content loaded={loaded} />
      </div>
    </OrdersFrame>
  );
}

function Content({ loaded }: { readonly loaded: Loaded<Page> }): VNode {
  const { value, problem, reload } = loaded;
  if (value === undefined && problem !== undefined) {
    return (
      <Empty icon={CloudOff} title={t('unmatched.failedTitle')} text={failureText(problem)}>
        <Button kind="primary" onClick={reload}>
          {t('common.retry')}
        </Button>
      </Empty>
    );
  }
  if (value === undefined) {
    return (
      <div class="panel unmatched-card" aria-busy="true">
        <Skeleton width="40%" />
        <Skeleton width="70%" />
      </div>
    );
  }
  // A page may be empty and still have another behind it.
  if (value.studies.length === 0 && value.next === null) {
    return <Empty icon={CircleCheck} title={t('unmatched.emptyTitle')} text={t('unmatched.emptyText')} />;
  }
  return <Studies first={value} onChanged={reload} />;
}

function Studies({ first, onChanged }: { readonly first: Page; readonly onChanged: () => void }): VNode {
  const { client } = useApp();
  const [further, setFurther] = useState<readonly Unmatched[]>([]);
  const [next, setNext] = useState(first.next);
  const [doing, setDoing] = useState<Doing | undefined>(undefined);
  const sending = useSending();
  useEffect(() => {
    setFurther([]);
    setNext(first.next);
  }, [first]);
  const more = () =>
    sending.run(async () => {
      const page = await readUnmatched(client, next ?? undefined);
      setFurther([...further, ...page.studies]);
      setNext(page.next);
    });
  const studies = [...first.studies, ...further];
  return (
    <>
      <p role="status" class="faint numeric">
        {t(next === null ? 'unmatched.count' : 'unmatched.countAtLeast', { count: studies.length })}
      </p>
      <ul class="unmatched-list">
        {studies.map(({ study, candidates }) => (
          <UnmatchedCard
            key={study.studyInstanceUid}
            study={study}
            candidates={candidates}
            onMatch={(order) => setDoing({ what: 'match', study, order })}
            onFind={() => setDoing({ what: 'find', study })}
            onMake={() => setDoing({ what: 'make', study })}
          />
        ))}
      </ul>
      {sending.problem !== undefined && <Notice kind="danger">{failureText(sending.problem)}</Notice>}
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more()}>
          {t('unmatched.more')}
        </Button>
      )}
      {doing !== undefined && <DoingDialog doing={doing} onDoing={setDoing} onChanged={onChanged} />}
    </>
  );
}

interface DoingProps {
  readonly doing: Doing;
  readonly onDoing: (doing: Doing | undefined) => void;
  readonly onChanged: () => void;
}

function DoingDialog({ doing, onDoing, onChanged }: DoingProps): VNode {
  const { client } = useApp();
  const stations = useLoaded('stations', (signal) => readStations(client, signal)).value ?? NO_STATIONS;
  const close = () => onDoing(undefined);
  const done = () => {
    close();
    onChanged();
  };
  const { study } = doing;
  switch (doing.what) {
    case 'match':
      return <MatchDialog study={study} order={doing.order} onClose={close} onMatched={done} />;
    case 'find':
      return <FindOrderDialog study={study} onClose={close} onFound={(order) => onDoing({ what: 'match', study, order })} />;
    case 'make':
      return <OrderDialog start={orderStart(study)} stations={stations} onClose={close} onSaved={done} />;
  }
}
