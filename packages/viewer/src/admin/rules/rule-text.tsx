import { CircleCheck } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Spinner } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { faultWords } from '../fault-words.ts';
import { FormProblem } from '../section.tsx';
import { CodeEditor, type MarkedPlace } from './code-editor.tsx';
import type { Draft } from './use-draft.ts';

const FAULTS = 'rule-faults';

/** The same rules as a text, with what is wrong in it. */
export function RuleText({ draft }: { readonly draft: Draft }): VNode {
  const [goTo, setGoTo] = useState<MarkedPlace | undefined>(undefined);
  const { document, problems, checking, failure } = draft;
  return (
    <div class="rule-text">
      <p class="soft">{t('rules.textIntro')}</p>
      <CodeEditor
        label={t('rules.textLabel')}
        text={document}
        marks={problems}
        describedBy={FAULTS}
        goTo={goTo}
        onText={draft.type}
      />
      <FormProblem problem={failure} />
      <div id={FAULTS} class="rule-faults" role="status">
        <p class="row">
          {checking ? (
            <>
              <Spinner />
              {t('rules.checking')}
            </>
          ) : (
            <State draft={draft} />
          )}
        </p>
        {problems.length > 0 && (
          <ul>
            {problems.map((problem) => (
              <li key={`${problem.line}.${problem.column}.${problem.message}`}>
                <button type="button" class="rule-fault" onClick={() => setGoTo({ line: problem.line, column: problem.column })}>
                  <span class="rule-fault-place numeric">{t('rules.place', { line: problem.line, column: problem.column })}</span>
                  <span>
                    {problem.rule !== undefined && problem.rule !== '' && <strong>{problem.rule}: </strong>}
                    {faultWords(problem.message)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function State({ draft: { problems, rules, failure } }: { readonly draft: Draft }): VNode | null {
  if (failure !== undefined) {
    return null;
  }
  if (problems.length > 0) {
    return <strong>{t('rules.faults', { count: problems.length })}</strong>;
  }
  return (
    <>
      <CircleCheck size={18} class="rule-sound" aria-hidden="true" />
      {t('rules.sound', { count: rules?.length ?? 0 })}
    </>
  );
}
