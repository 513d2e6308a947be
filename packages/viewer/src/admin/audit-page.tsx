import { Download, ScrollText } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type AuditLine, readAudit } from '../api/audit.ts';
import type { Page } from '../api/page.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { TextField } from '../design/field.tsx';
import { Badge, Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { useAuditExport } from './audit-export.ts';
import { type AuditFilters, auditQuery, readAuditFilters, writeAuditFilters } from './audit-filters.ts';
import { detailWords } from './audit-words.ts';
import { Pages } from './pages.tsx';
import { FormProblem, LoadedView, Section } from './section.tsx';

const PAGE_SIZE = 100;

export function AuditPage({ search }: { readonly search: string }): VNode {
  const { client } = useApp();
  const filters = readAuditFilters(search);
  const first = useLoaded<Page<AuditLine, string>>(search, (signal) => readAudit(client, auditQuery(filters, PAGE_SIZE), signal));
  const download = useAuditExport(filters);
  const action = (
    <Button icon={Download} busy={download.busy} onClick={() => void download.start()}>
      {t(download.busy ? 'audit.exporting' : 'audit.export')}
    </Button>
  );
  return (
    <Section title={t('admin.audit')} intro={t('audit.intro')} action={action}>
      <FilterForm key={search} filters={filters} />
      <FormProblem problem={download.problem} />
      <LoadedView loaded={first}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty icon={ScrollText} title={t('audit.empty')} text={t('audit.emptyText')} />
          ) : (
            <Lines key={`${search} ${page.rows[0]?.id}`} first={page} filters={filters} />
          )
        }
      </LoadedView>
    </Section>
  );
}

function FilterForm({ filters }: { readonly filters: AuditFilters }): VNode {
  const { navigator } = useApp();
  const [form, setForm] = useState(filters);
  const [broken, setBroken] = useState<Readonly<Record<string, boolean>>>({});
  const invalid = Object.values(broken).some(Boolean);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!invalid) {
      navigator.go(writeAuditFilters(form));
    }
  };
  const dayField = (name: 'from' | 'to') => (
    <DayField
      label={t(`common.${name}`)}
      value={form[name]}
      onDay={(day, valid) => {
        setForm({ ...form, [name]: day });
        setBroken({ ...broken, [name]: !valid });
      }}
    />
  );
  return (
    <form class="panel audit-filters" noValidate onSubmit={submit}>
      <TextField
        label={t('audit.subject')}
        hint={t('audit.subjectHint')}
        autoComplete="off"
        spellcheck={false}
        value={form.subject}
        onText={(subject) => setForm({ ...form, subject })}
      />
      <TextField
        label={t('audit.study')}
        autoComplete="off"
        spellcheck={false}
        value={form.study}
        onText={(study) => setForm({ ...form, study })}
      />
      {dayField('from')}
      {dayField('to')}
      <Button type="submit" kind="primary" disabled={invalid}>
        {t('audit.apply')}
      </Button>
    </form>
  );
}

function Lines({ first, filters }: { readonly first: Page<AuditLine, string>; readonly filters: AuditFilters }): VNode {
  const { client } = useApp();
  return (
    <Pages first={first} read={(next) => readAudit(client, auditQuery(filters, PAGE_SIZE, next))}>
      {(rows) => <AdminTable class="audit-table" rows={rows} keyOf={({ id }) => id} columns={columns()} />}
    </Pages>
  );
}

const OUTCOME_KINDS: Readonly<Record<string, 'success' | 'warning' | 'danger'>> = {
  success: 'success',
  refused: 'warning',
  failed: 'danger',
};

function columns(): readonly Column<AuditLine>[] {
  return [
    { title: t('audit.colAt'), kind: 'main', class: 'cell-nowrap', cell: ({ at }) => formatInstant(at) },
    {
      title: t('audit.colSubject'),
      cell: ({ subject }) => (
        <span title={subject === null ? undefined : (textOf('audit', `kind_${subject.kind}`) ?? subject.kind)}>
          {subject?.name ?? t('audit.nobody')}
        </span>
      ),
    },
    { title: t('audit.colAction'), cell: ({ action }) => textOf('audit', `action_${action}`) ?? action },
    {
      title: t('audit.colOutcome'),
      cell: ({ outcome }) => (
        <Badge kind={OUTCOME_KINDS[outcome] ?? 'plain'}>{textOf('audit', `outcome_${outcome}`) ?? outcome}</Badge>
      ),
    },
    {
      title: t('audit.colStudy'),
      cell: ({ studyInstanceUid }) =>
        studyInstanceUid !== '' && <Link href={studyUrl(studyInstanceUid)}>{t('audit.openStudy')}</Link>,
    },
    { title: t('audit.colAddress'), class: 'soft cell-nowrap', cell: ({ address }) => address },
    { title: t('audit.colDetail'), class: 'soft', cell: ({ detail }) => detailWords(detail) },
  ];
}
