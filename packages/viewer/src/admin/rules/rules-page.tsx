import './rules.css';
import './rule-text.css';
import { FlaskConical, History, ListOrdered, type LucideIcon, Plus, SquarePen } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { readAes } from '../../api/aes.ts';
import { readProfiles } from '../../api/deidentification.ts';
import { readDestinations } from '../../api/destinations.ts';
import { type RulesInForce, readRules } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { Link } from '../../app/link.tsx';
import { adminUrl } from '../../app/route.ts';
import { type Loaded, useLoaded } from '../../app/use-loaded.ts';
import { Button } from '../../design/button.tsx';
import { Badge, Notice } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { formatInstant } from '../../i18n/format.ts';
import { type TextKey, t } from '../../i18n/index.ts';
import { LoadedView, Section } from '../section.tsx';
import { ChangesDialog } from './changes-dialog.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { RuleList } from './rule-list.tsx';
import { RuleTester } from './rule-tester.tsx';
import { RuleText } from './rule-text.tsx';
import { RuleVersions } from './rule-versions.tsx';
import type { DestinationName } from './rule-words.ts';
import { type Draft, useDraft } from './use-draft.ts';

const VIEWS = ['list', 'text', 'test', 'versions'] as const;

type View = (typeof VIEWS)[number];

const ICONS: Readonly<Record<View, LucideIcon>> = {
  list: ListOrdered,
  text: SquarePen,
  test: FlaskConical,
  versions: History,
};

/** What is set up besides, and rules may name. */
export interface Surroundings {
  readonly aes: readonly string[];
  readonly destinations: readonly DestinationName[];
  readonly profiles: readonly string[];
}

interface Everything {
  readonly inForce: RulesInForce;
  readonly around: Surroundings;
}

export function RulesPage({ search }: { readonly search: string }): VNode {
  const { client } = useApp();
  const loaded = useLoaded('rules', async (signal): Promise<Everything> => {
    const [inForce, aes, destinations, profiles] = await Promise.all([
      readRules(client, signal),
      readAes(client, signal),
      readDestinations(client, signal),
      readProfiles(client, signal),
    ]);
    const around = { aes: aes.map(({ title }) => title), destinations, profiles: profiles.map(({ name }) => name) };
    return { inForce, around };
  });
  const asked = new URLSearchParams(search).get('view');
  const view = VIEWS.find((known) => known === asked) ?? 'list';
  return loaded.value === undefined ? (
    <Section title={t('admin.rules')} intro={t('rules.intro')}>
      <LoadedView loaded={loaded}>{() => null}</LoadedView>
    </Section>
  ) : (
    <Desk view={view} loaded={loaded} {...loaded.value} />
  );
}

interface DeskProps extends Everything {
  readonly view: View;
  readonly loaded: Loaded<Everything>;
}

/** Which rule the form is open for: a place, or a new one. */
type Editing = number | 'new' | undefined;

function Desk({ view, loaded, inForce, around }: DeskProps): VNode {
  const draft = useDraft(inForce);
  const [editing, setEditing] = useState<Editing>(undefined);
  const [applying, setApplying] = useState(false);
  const add = (
    <Button kind="primary" icon={Plus} disabled={draft.rules === undefined} onClick={() => setEditing('new')}>
      {t('rules.add')}
    </Button>
  );
  return (
    <Section title={t('admin.rules')} intro={t('rules.intro')} action={add}>
      <LoadedView loaded={loaded}>{() => <InForceLine inForce={inForce} />}</LoadedView>
      {draft.changed && <DraftBar draft={draft} onApply={() => setApplying(true)} />}
      <nav class="tabs rule-tabs" aria-label={t('rules.views')}>
        {VIEWS.map((entry) => (
          <Tab key={entry} view={entry} current={entry === view} />
        ))}
      </nav>
      {view === 'list' && <RuleList draft={draft} around={around} onEdit={setEditing} />}
      {view === 'text' && <RuleText draft={draft} />}
      {view === 'test' && <RuleTester draft={draft} around={around} />}
      {view === 'versions' && <RuleVersions inForce={inForce} onChanged={loaded.reload} />}
      {editing !== undefined && (
        <RuleDialog
          draft={draft}
          at={editing === 'new' ? undefined : editing}
          around={around}
          onClose={() => setEditing(undefined)}
        />
      )}
      {applying && (
        <ChangesDialog
          inForce={inForce}
          document={draft.document}
          title={t('rules.applyTitle')}
          onClose={() => setApplying(false)}
          onChanged={loaded.reload}
          onApplied={() => {
            setApplying(false);
            toast('success', t('rules.applied'));
            loaded.reload();
          }}
        />
      )}
    </Section>
  );
}

function Tab({ view, current }: { readonly view: View; readonly current: boolean }): VNode {
  const Icon = ICONS[view];
  const key: TextKey = `rules.view_${view}`;
  const href = view === 'list' ? adminUrl('rules') : `${adminUrl('rules')}?view=${view}`;
  return (
    <Link href={href} class="tab" aria-current={current ? 'page' : undefined}>
      <Icon size={16} aria-hidden="true" />
      {t(key)}
    </Link>
  );
}

/** Which document is in force, since when and by whom. */
function InForceLine({ inForce: { version, at, by } }: { readonly inForce: RulesInForce }): VNode | null {
  return version === 0 ? null : (
    <p class="row row-wrap soft">
      <Badge kind="success">{t('rules.inForce')}</Badge>
      {t(by === 'filmless.yaml' ? 'rules.inForceFile' : 'rules.inForceBy', { version, at: formatInstant(at), by })}
    </p>
  );
}

function DraftBar({ draft, onApply }: { readonly draft: Draft; readonly onApply: () => void }): VNode {
  const faulty = draft.problems.length > 0;
  return (
    <section class="draft-bar" aria-label={t('rules.draft')}>
      <Notice kind={faulty ? 'danger' : 'warning'}>
        {faulty ? t('rules.draftFaulty', { count: draft.problems.length }) : t('rules.draftText')}
      </Notice>
      <Button onClick={draft.discard}>{t('rules.discard')}</Button>
      <Button kind="primary" disabled={faulty || draft.checking || draft.failure !== undefined} onClick={onApply}>
        {t('rules.review')}
      </Button>
    </section>
  );
}
