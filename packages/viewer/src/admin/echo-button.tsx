import { CircleAlert, CircleCheck, Radio } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Ae, echoAe } from '../api/aes.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { echoProblem, echoWords } from './echo-words.ts';

interface Outcome {
  readonly ok: boolean;
  readonly words: string;
}

/** C-ECHO at a press, with the result in words under the machine. */
export function EchoButton({ ae }: { readonly ae: Ae }): VNode {
  const { client } = useApp();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const test = async () => {
    setBusy(true);
    setOutcome(undefined);
    try {
      const result = await echoAe(client, ae.title);
      setOutcome({ ok: result.ok, words: echoWords(ae.title, result) });
    } catch (error) {
      setOutcome({ ok: false, words: echoProblem(error) });
    }
    setBusy(false);
  };
  return (
    <>
      <Button small icon={Radio} busy={busy} onClick={() => void test()}>
        {t(busy ? 'aes.echoing' : 'aes.echo')}
      </Button>
      <div class="echo-outcome" role="status">
        {outcome !== undefined && (
          <p class={outcome.ok ? 'echo-ok' : 'echo-failed'}>
            {outcome.ok ? <CircleCheck size={16} aria-hidden="true" /> : <CircleAlert size={16} aria-hidden="true" />}
            <span>{outcome.words}</span>
          </p>
        )}
      </div>
    </>
  );
}
