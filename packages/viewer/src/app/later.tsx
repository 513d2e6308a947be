import { RefreshCw } from 'lucide-preact';
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Empty, Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

interface Loaded<P> {
  readonly page?: ComponentType<P>;
  readonly failed: boolean;
}

/** A page whose program is fetched when it is first shown. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let kept: ComponentType<P> | undefined;
  return function Later(props: P): VNode {
    const [{ page: Page, failed }, set] = useState<Loaded<P>>(
      kept === undefined ? { failed: false } : { page: kept, failed: false },
    );
    useEffect(() => {
      if (kept === undefined) {
        load().then(
          (page) => {
            kept = page;
            set({ page, failed: false });
          },
          () => set({ failed: true }),
        );
      }
    }, []);
    if (Page !== undefined) {
      return <Page {...props} />;
    }
    return failed ? <Outdated /> : <Waiting />;
  };
}

/** After an update of the server the files of the old page are gone. */
function Outdated(): VNode {
  return (
    <Empty icon={RefreshCw} title={t('app.outdated')} text={t('app.outdatedText')}>
      <Button kind="primary" onClick={() => location.reload()}>
        {t('common.reload')}
      </Button>
    </Empty>
  );
}

export function Waiting(): VNode {
  return (
    <div class="waiting" role="status">
      <Spinner />
      <span>{t('common.loading')}</span>
    </div>
  );
}
