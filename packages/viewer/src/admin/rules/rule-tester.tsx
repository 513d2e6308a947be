import { FlaskConical } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type RuleTrial, type TriedStudy, testRules } from '../../api/rule-test.ts';
import type { Study } from '../../api/studies.ts';
import { useApp } from '../../app/context.ts';
import { useSending } from '../../app/use-sending.ts';
import { Button } from '../../design/button.tsx';
import { SelectField, TextField } from '../../design/field.tsx';
import { Empty } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { FormProblem } from '../section.tsx';
import { StudyChooser } from '../study-chooser.tsx';
import type { Surroundings } from './rules-page.tsx';
import { TestResult } from './test-result.tsx';
import type { Draft } from './use-draft.ts';

interface SourceForm {
  readonly by: 'machine' | 'upload';
  readonly callingAe: string;
  readonly address: string;
  readonly user: string;
  /** `HH:MM`; empty for now. */
  readonly hour: string;
}

const NOBODY: SourceForm = { by: 'machine', callingAe: '', address: '', user: '', hour: '' };
const TITLES = 'test-titles';

/** What the rules, or a draft of them, would do with a study: nothing is sent. */
export function RuleTester({ draft, around }: { readonly draft: Draft; readonly around: Surroundings }): VNode {
  const { client, session } = useApp();
  const [study, setStudy] = useState<Study | undefined>(undefined);
  const [source, setSource] = useState(NOBODY);
  const [withDraft, setWithDraft] = useState(draft.changed);
  const [result, setResult] = useState<TriedStudy | undefined>(undefined);
  const sending = useSending();
  if (!session.may('view')) {
    return <Empty icon={FlaskConical} title={t('rules.testForbidden')} text={t('rules.testForbiddenText')} />;
  }
  const tried = withDraft && draft.changed;
  const forget = () => setResult(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    if (study !== undefined) {
      void sending.run(async () =>
        setResult(await testRules(client, trialOf(study, source, tried ? draft.document : undefined))),
      );
    }
  };
  return (
    <>
      <form class="panel rule-tester" noValidate onSubmit={submit}>
        <p class="soft">{t('rules.testIntro')}</p>
        <StudyChooser
          study={study}
          onChoose={(chosen) => {
            setStudy(chosen);
            forget();
          }}
        />
        <Source
          source={source}
          aes={around.aes}
          onChange={(part) => {
            setSource({ ...source, ...part });
            forget();
          }}
        />
        {draft.changed && (
          <SelectField
            label={t('rules.testWhich')}
            options={[
              { value: 'draft', label: t('rules.testDraft') },
              { value: 'inForce', label: t('rules.testInForce') },
            ]}
            value={withDraft ? 'draft' : 'inForce'}
            onText={(value) => {
              setWithDraft(value === 'draft');
              forget();
            }}
          />
        )}
        <div class="row">
          <Button
            type="submit"
            kind="primary"
            icon={FlaskConical}
            busy={sending.busy}
            disabled={study === undefined || !hourFits(source.hour) || (tried && draft.rules === undefined)}
          >
            {t('rules.test')}
          </Button>
          {study === undefined && <span class="soft">{t('rules.testChoose')}</span>}
        </div>
        <FormProblem problem={sending.problem} />
      </form>
      {result !== undefined && <TestResult result={result} around={around} />}
    </>
  );
}

function Source({
  source,
  aes,
  onChange,
}: {
  readonly source: SourceForm;
  readonly aes: readonly string[];
  readonly onChange: (part: Partial<SourceForm>) => void;
}): VNode {
  const machine = source.by === 'machine';
  return (
    <div class="test-source">
      <SelectField
        label={t('rules.testBy')}
        options={[
          { value: 'machine', label: t('rules.testByMachine') },
          { value: 'upload', label: t('rules.testByUpload') },
        ]}
        value={source.by}
        onText={(value) => onChange({ by: value === 'upload' ? 'upload' : 'machine' })}
      />
      {machine ? (
        <>
          <TextField
            label={t('rules.testAe')}
            hint={t('rules.testAeHint')}
            list={TITLES}
            maxLength={16}
            spellcheck={false}
            autoComplete="off"
            value={source.callingAe}
            onText={(callingAe) => onChange({ callingAe })}
          />
          <datalist id={TITLES}>
            {aes.map((title) => (
              <option key={title} value={title} />
            ))}
          </datalist>
          <TextField
            label={t('rules.testAddress')}
            spellcheck={false}
            autoComplete="off"
            placeholder="10.0.0.11"
            value={source.address}
            onText={(address) => onChange({ address })}
          />
        </>
      ) : (
        <TextField label={t('rules.testUser')} autoComplete="off" value={source.user} onText={(user) => onChange({ user })} />
      )}
      <TextField
        label={t('rules.testHour')}
        hint={t('rules.testHourHint')}
        error={hourFits(source.hour) ? undefined : t('rules.testHourWrong')}
        autoComplete="off"
        placeholder="22:00"
        value={source.hour}
        onText={(hour) => onChange({ hour })}
      />
    </div>
  );
}

function hourFits(hour: string): boolean {
  return hour.trim() === '' || /^([01]?\d|2[0-3]):[0-5]\d$/.test(hour.trim());
}

function trialOf({ studyInstanceUid }: Study, source: SourceForm, document: string | undefined): RuleTrial {
  const { by, callingAe, address, user, hour } = source;
  const at = new Date();
  const [hours, minutes] = hour.trim().split(':').map(Number);
  if (hour.trim() !== '') {
    at.setHours(hours ?? 0, minutes ?? 0, 0, 0);
  }
  return {
    ...(document === undefined ? {} : { document }),
    studyInstanceUid,
    ...(by === 'machine' && callingAe.trim() !== '' ? { callingAe: callingAe.trim() } : {}),
    ...(by === 'machine' && address.trim() !== '' ? { address: address.trim() } : {}),
    ...(by === 'upload' ? { user: user.trim() } : {}),
    at: at.toISOString(),
  };
}
