import { ImageUp, Radio } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Ae, type AeTest, testAe } from '../api/aes.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { outcomeWords, testProblem } from './diagnosis-words.ts';
import { type Outcome, OutcomeLine } from './outcome-line.tsx';

/** C-ECHO and a test image at a press, with what came of it in words under the machine. */
export function AeTests({ ae }: { readonly ae: Ae }): VNode {
  const { client } = useApp();
  const [busy, setBusy] = useState<AeTest | undefined>(undefined);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const perform = async (test: AeTest) => {
    setBusy(test);
    setOutcome(undefined);
    try {
      const result = await testAe(client, ae.title, test);
      setOutcome({ ok: result.ok, words: outcomeWords(ae.title, test, result) });
    } catch (error) {
      setOutcome({ ok: false, words: testProblem(error) });
    }
    setBusy(undefined);
  };
  const callable = ae.host !== undefined && ae.port !== undefined;
  return (
    <>
      <span class="machine-tests">
        <Button small icon={Radio} busy={busy === 'echo'} onClick={() => void perform('echo')}>
          {t(busy === 'echo' ? 'aes.echoing' : 'aes.echo')}
        </Button>
        {callable && (
          <Button
            small
            icon={ImageUp}
            busy={busy === 'test-image'}
            title={t('aes.imageHint')}
            onClick={() => void perform('test-image')}
          >
            {t(busy === 'test-image' ? 'aes.imageSending' : 'aes.image')}
          </Button>
        )}
      </span>
      <OutcomeLine outcome={outcome} />
    </>
  );
}
