import { Wrench } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type AssociationProblem, type Fix, mendProblem } from '../api/associations.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t, textOf } from '../i18n/index.ts';
import { outcomeWords } from './diagnosis-words.ts';
import { FormProblem } from './section.tsx';

export interface FixButtonProps {
  readonly problem: AssociationProblem;
  readonly fix: Fix;
  readonly onMended: () => void;
}

/** What lowers a guard, or needs something more, is shown before it is done. */
const ASKED: readonly Fix['kind'][] = ['tls-off', 'pin', 'address'];

/** The press that mends a problem, then tries the machine. */
export function FixButton({ problem, fix, onMended }: FixButtonProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const mend = async (given: object) => {
    const came = await sending.run(async () => {
      const { test } = await mendProblem(client, problem.id, fix.kind, given);
      if (test === null) {
        toast('success', t('connections.mended', { title: fix.id }));
      } else {
        toast(test.ok ? 'success' : 'failure', `${t('connections.changed')} ${outcomeWords(fix.id, 'echo', test)}`);
      }
    });
    if (came) {
      setAsking(false);
      onMended();
    } else {
      setAsking(true);
    }
  };
  const press = () => (fix.needs.length > 0 || ASKED.includes(fix.kind) ? setAsking(true) : void mend({}));
  return (
    <>
      <Button
        small
        kind="primary"
        icon={Wrench}
        busy={sending.busy}
        title={fix.changes.map((change) => changeWords(change)).join('\n')}
        onClick={press}
      >
        {t(`connections.fix_${fix.kind}`)}
      </Button>
      {asking && (
        <FixDialog
          fix={fix}
          busy={sending.busy}
          problem={sending.problem}
          onMend={(given) => void mend(given)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface FixDialogProps {
  readonly fix: Fix;
  readonly busy: boolean;
  readonly problem: unknown;
  readonly onMend: (given: object) => void;
  readonly onClose: () => void;
}

/** What will be changed, and what is still to be given. */
function FixDialog({ fix, busy, problem, onMend, onClose }: FixDialogProps): VNode {
  const [given, setGiven] = useState({ host: '', port: '' });
  const [tried, setTried] = useState(false);
  const port = Number(given.port);
  const faults = {
    host: fix.needs.includes('host') && !/^[A-Za-z0-9.:_-]{1,253}$/.test(given.host.trim()),
    port: fix.needs.includes('port') && !(Number.isInteger(port) && port >= 1 && port <= 65_535),
  };
  const submit = () => {
    setTried(true);
    if (!faults.host && !faults.port) {
      onMend({
        ...(fix.needs.includes('host') ? { host: given.host.trim() } : {}),
        ...(fix.needs.includes('port') ? { port } : {}),
      });
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" icon={Wrench} busy={busy}>
        {t(`connections.fix_${fix.kind}`)}
      </Button>
    </>
  );
  return (
    <Dialog title={t(`connections.fix_${fix.kind}`)} onClose={onClose} actions={actions} onSubmit={submit}>
      <FormProblem problem={problem} />
      <p>{t('connections.fixText', { title: fix.id })}</p>
      <ul class="changes">
        {fix.changes.map((change) => (
          <li key={change.field}>{changeWords(change)}</li>
        ))}
      </ul>
      {(fix.kind === 'tls-off' || fix.kind === 'pin' || fix.kind === 'address') && (
        <Notice kind="warning">{t(`connections.careful_${fix.kind}`)}</Notice>
      )}
      {fix.needs.includes('host') && (
        <TextField
          label={t('aes.host')}
          required
          autoFocus
          autoComplete="off"
          spellcheck={false}
          error={tried && faults.host ? t('connections.hostWrong') : undefined}
          value={given.host}
          onText={(host) => setGiven({ ...given, host })}
        />
      )}
      {fix.needs.includes('port') && (
        <TextField
          label={t('aes.port')}
          required
          autoFocus={!fix.needs.includes('host')}
          autoComplete="off"
          inputMode="numeric"
          placeholder="104"
          error={tried && faults.port ? t('aes.portWrong') : undefined}
          value={given.port}
          onText={(text) => setGiven({ ...given, port: text })}
        />
      )}
    </Dialog>
  );
}

function changeWords({ field, from, to }: Fix['changes'][number]): string {
  const name = textOf('connections', `field_${field}`) ?? field;
  return from === null ? `${name}: ${valueWords(field, to)}` : `${name}: ${valueWords(field, from)} → ${valueWords(field, to)}`;
}

function valueWords(field: string, value: string): string {
  switch (field) {
    case 'may':
      return value === ''
        ? t('common.none')
        : value
            .split(', ')
            .map((permission) => textOf('aes', `may_${permission}`) ?? permission)
            .join(', ');
    case 'tls':
      return value === 'true' ? t('common.yes') : value === 'false' ? t('common.no') : value;
    default:
      return value;
  }
}
