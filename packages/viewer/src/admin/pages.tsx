import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../api/page.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { FormProblem } from './section.tsx';

export interface PagesProps<T, N> {
  /** Another one begins the list anew. */
  readonly first: Page<T, N>;
  readonly read: (next: N) => Promise<Page<T, N>>;
  readonly children: (rows: readonly T[]) => ComponentChildren;
}

/** A long list: its first page, and at a press what comes after. */
export function Pages<T, N>({ first, read, children }: PagesProps<T, N>): VNode {
  const [{ rows, next }, setPage] = useState(first);
  const sending = useSending();
  useEffect(() => setPage(first), [first]);
  const more = (from: N) =>
    sending.run(async () => {
      const page = await read(from);
      setPage({ rows: [...rows, ...page.rows], next: page.next });
    });
  return (
    <>
      {children(rows)}
      <FormProblem problem={sending.problem} />
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more(next)}>
          {t('admin.more')}
        </Button>
      )}
    </>
  );
}
