import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { ApiError } from '../../api/client.ts';
import { putRules, type RulesInForce } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Notice } from '../../design/status.tsx';
import { formatInstant } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { FormProblem } from '../section.tsx';
import { lineDifference } from './line-difference.ts';

export interface ChangesDialogProps {
  readonly inForce: RulesInForce;
  /** What is to be in force. */
  readonly document: string;
  readonly title: string;
  readonly onClose: () => void;
  /** Other rules are in force by now. */
  readonly onChanged: () => void;
  readonly onApplied: () => void;
}

/** Shows what changes before it does. */
export function ChangesDialog({ inForce, document, title, onClose, onChanged, onApplied }: ChangesDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [overtaken, setOvertaken] = useState<number | undefined>(undefined);
  const apply = async () => {
    const done = await sending.run(async () => {
      try {
        await putRules(client, document, inForce.version);
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) {
          setOvertaken(inForce.version);
          onChanged();
        }
        throw error;
      }
    });
    if (done) {
      onApplied();
    }
  };
  const seen = overtaken !== undefined && inForce.version !== overtaken;
  const isOvertaking = sending.problem instanceof ApiError && sending.problem.status === 412;
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button
        kind="primary"
        busy={sending.busy}
        disabled={document === inForce.document || (overtaken !== undefined && !seen)}
        onClick={() => void apply()}
      >
        {t('rules.apply')}
      </Button>
    </>
  );
  return (
    <Dialog wide title={title} onClose={onClose} actions={actions}>
      {isOvertaking ? (
        <Notice kind="danger">
          {seen
            ? t('rules.overtaken', { by: inForce.by, version: inForce.version, at: formatInstant(inForce.at) })
            : t('rules.overtakenLoading')}
        </Notice>
      ) : (
        <FormProblem problem={sending.problem} />
      )}
      <p class="soft">{inForce.version === 0 ? t('rules.applyFirst') : t('rules.applyText', { version: inForce.version })}</p>
      <Difference before={inForce.document} after={document} />
    </Dialog>
  );
}

const SIGNS = { same: ' ', taken: '−', added: '+', gap: '' } as const;

/** Lines that go and lines that come. */
export function Difference({ before, after }: { readonly before: string; readonly after: string }): VNode {
  const lines = useMemo(() => lineDifference(before, after), [before, after]);
  if (lines.length === 0) {
    return <p>{t('rules.noDifference')}</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section class="difference" tabIndex={0} aria-label={t('rules.difference')}>
      {lines.map(({ kind, text }, index) => (
        <div key={`${index}${kind}`} class={`difference-line difference-${kind}`}>
          <span class="difference-sign" aria-hidden="true">
            {SIGNS[kind]}
          </span>
          {kind !== 'same' && kind !== 'gap' && (
            <span class="visually-hidden">{t(kind === 'taken' ? 'rules.lineTaken' : 'rules.lineAdded')}</span>
          )}
          <span>{kind === 'gap' ? '⋯' : text}</span>
        </div>
      ))}
    </section>
  );
}
