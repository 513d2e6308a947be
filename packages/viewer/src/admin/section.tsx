import { CloudOff } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { failureText } from '../api/failure.ts';
import type { Loaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Empty, Notice, Skeleton } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

export interface SectionProps {
  readonly title: string;
  readonly intro: string;
  /** At the right of the title. */
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of a page of administration. */
export function Section({ title, intro, action, children }: SectionProps): VNode {
  return (
    <section class="admin-section">
      <header class="admin-head">
        <div class="grow">
          <h1>{title}</h1>
          <p class="soft">{intro}</p>
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

export interface LoadedViewProps<T> {
  readonly loaded: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** Shows what was loaded, or that it is on its way, or why it is not there. */
export function LoadedView<T>({ loaded, children }: LoadedViewProps<T>): VNode {
  const { value, problem, reload } = loaded;
  if (value !== undefined) {
    return (
      <>
        {problem !== undefined && <Notice kind="danger">{failureText(problem)}</Notice>}
        {children(value)}
      </>
    );
  }
  if (problem !== undefined) {
    return (
      <Empty icon={CloudOff} title={t('admin.loadFailed')} text={failureText(problem)}>
        <Button kind="primary" onClick={reload}>
          {t('common.retry')}
        </Button>
      </Empty>
    );
  }
  return (
    <div class="panel admin-loading" aria-busy="true">
      <Skeleton width="55%" />
      <Skeleton width="80%" />
      <Skeleton width="65%" />
    </div>
  );
}

/** What a form's sending ran into. */
export function FormProblem({ problem }: { readonly problem: unknown }): VNode | null {
  return problem === undefined ? null : <Notice kind="danger">{failureText(problem)}</Notice>;
}
