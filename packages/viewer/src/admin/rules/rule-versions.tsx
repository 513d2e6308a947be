import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type RulesInForce, type RuleVersion, readVersions } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { useLoaded } from '../../app/use-loaded.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Badge } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { formatInstant } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { FormProblem, LoadedView } from '../section.tsx';
import { ChangesDialog, Difference } from './changes-dialog.tsx';

export interface RuleVersionsProps {
  readonly inForce: RulesInForce;
  readonly onChanged: () => void;
}

interface Chosen {
  readonly version: RuleVersion;
  readonly before: RuleVersion | undefined;
  readonly purpose: 'look' | 'back';
}

/** Rules that were in force, the newest first. */
export function RuleVersions({ inForce, onChanged }: RuleVersionsProps): VNode {
  const { client } = useApp();
  const loaded = useLoaded(`versions ${inForce.version}`, (signal) => readVersions(client, undefined, signal));
  const [older, setOlder] = useState<readonly RuleVersion[]>([]);
  const [next, setNext] = useState<number | null | undefined>(undefined);
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const sending = useSending();
  const more = (after: number) =>
    sending.run(async () => {
      const page = await readVersions(client, after);
      setOlder([...older, ...page.versions]);
      setNext(page.next);
    });
  return (
    <LoadedView loaded={loaded}>
      {(first) => {
        const versions = [...first.versions, ...older];
        const after = next === undefined ? first.next : next;
        return (
          <>
            {versions.length === 0 && <p>{t('rules.neverAny')}</p>}
            <ul class="versions">
              {versions.map((version, index) => (
                <VersionRow
                  key={version.version}
                  version={version}
                  current={version.version === inForce.version}
                  onChoose={(purpose) => setChosen({ version, before: versions[index + 1], purpose })}
                />
              ))}
            </ul>
            <FormProblem problem={sending.problem} />
            {after !== null && (
              <Button busy={sending.busy} onClick={() => void more(after)}>
                {t('rules.older')}
              </Button>
            )}
            {chosen?.purpose === 'look' && <VersionDialog {...chosen} onClose={() => setChosen(undefined)} />}
            {chosen?.purpose === 'back' && (
              <ChangesDialog
                inForce={inForce}
                document={chosen.version.document}
                title={t('rules.backTitle', { version: chosen.version.version })}
                onClose={() => setChosen(undefined)}
                onChanged={onChanged}
                onApplied={() => {
                  setChosen(undefined);
                  toast('success', t('rules.applied'));
                  onChanged();
                }}
              />
            )}
          </>
        );
      }}
    </LoadedView>
  );
}

interface VersionRowProps {
  readonly version: RuleVersion;
  readonly current: boolean;
  readonly onChoose: (purpose: Chosen['purpose']) => void;
}

function VersionRow({ version: { version, at, by }, current, onChoose }: VersionRowProps): VNode {
  const name = t('rules.version', { version });
  return (
    <li class="panel version">
      <strong class="numeric">{name}</strong>
      <span class="grow">
        {formatInstant(at)} · {by === 'filmless.yaml' ? t('rules.byFile') : by}
      </span>
      {current ? (
        <Badge kind="success">{t('rules.inForce')}</Badge>
      ) : (
        <Button small aria-label={`${t('rules.back')}: ${name}`} onClick={() => onChoose('back')}>
          {t('rules.back')}
        </Button>
      )}
      <Button small kind="quiet" aria-label={`${t('rules.look')}: ${name}`} onClick={() => onChoose('look')}>
        {t('rules.look')}
      </Button>
    </li>
  );
}

/** A document as it was, and what it changed. */
function VersionDialog({ version, before, onClose }: Chosen & { readonly onClose: () => void }): VNode {
  return (
    <Dialog
      wide
      title={t('rules.version', { version: version.version })}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('common.close')}</Button>}
    >
      {before !== undefined && (
        <>
          <h3>{t('rules.changedSince', { version: before.version })}</h3>
          <Difference before={before.document} after={version.document} />
        </>
      )}
      <h3>{t('rules.wholeText')}</h3>
      <pre class="whole-text">{version.document}</pre>
    </Dialog>
  );
}
