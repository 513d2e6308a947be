import { CircleAlert, CircleCheck } from 'lucide-preact';
import type { VNode } from 'preact';

/** What came of a test, in words. */
export interface Outcome {
  readonly ok: boolean;
  readonly words: string;
}

/** Read out when it comes; takes no room while there is none. */
export function OutcomeLine({ outcome }: { readonly outcome: Outcome | undefined }): VNode {
  return (
    <div class="echo-outcome" role="status">
      {outcome !== undefined && (
        <p class={outcome.ok ? 'echo-ok' : 'echo-failed'}>
          {outcome.ok ? <CircleCheck size={16} aria-hidden="true" /> : <CircleAlert size={16} aria-hidden="true" />}
          <span>{outcome.words}</span>
        </p>
      )}
    </div>
  );
}
