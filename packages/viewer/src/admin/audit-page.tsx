import { Download, ScrollText } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type AuditLine, type AuditPage as Page, readAudit } from '../api/audit.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { DayField } from '../design/day-field.tsx';
import { TextField } from '../design/field.tsx';
import { Badge, Empty } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import { useAuditExport } from './audit-export.ts';
import { type AuditFilters, auditQuery, readAuditFilters, writeAuditFilters } from './audit-filters.ts';
import { detailWords } from './audit-words.ts';
import { FormProblem, LoadedView, Section } from './section.tsx';

const PAGE_SIZE = 100;

export function AuditPage({ search }: { readonly search: string }): VNode {
  const { client } = useApp();
  const filters = readAuditFilters(search);
  const first = useLoaded<Page>(search, (signal) => readAudit(client, auditQuery(filters, PAGE_SIZE), signal));
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
          page.lines.length === 0 ? (
            <Empty icon={ScrollText} title={t('audit.empty')} text={t('audit.emptyText')} />
          ) : (
            <Lines key={`${search} ${page.lines[0]?.id}`} first={page} filters={filters} />
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

function Lines({ first, filters }: { readonly first: Page; readonly filters: AuditFilters }): VNode {
  const { client } = useApp();
  const [{ lines, next }, setPage] = useState<Page>(first);
  const sending = useSending();
  useEffect(() => setPage(first), [first]);
  const more = () =>
    sending.run(async () => {
      const page = await readAudit(client, auditQuery(filters, PAGE_SIZE, next ?? undefined));
      setPage({ lines: [...lines, ...page.lines], next: page.next });
    });
  return (
    <>
      <div class="panel table-scroll">
        <table class="table audit-table">
          <thead>
            <tr>
              <th scope="col">{t('audit.colAt')}</th>
              <th scope="col">{t('audit.colSubject')}</th>
              <th scope="col">{t('audit.colAction')}</th>
              <th scope="col">{t('audit.colOutcome')}</th>
              <th scope="col">{t('audit.colStudy')}</th>
              <th scope="col">{t('audit.colAddress')}</th>
              <th scope="col">{t('audit.colDetail')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line key={line.id} line={line} />
            ))}
          </tbody>
        </table>
      </div>
      <FormProblem problem={sending.problem} />
      {next !== null && (
        <Button busy={sending.busy} onClick={() => void more()}>
          {t('audit.more')}
        </Button>
      )}
    </>
  );
}

const OUTCOME_KINDS: Readonly<Record<string, 'success' | 'warning' | 'danger'>> = {
  success: 'success',
  refused: 'warning',
  failed: 'danger',
};

function Line({ line }: { readonly line: AuditLine }): VNode {
  const { subject, studyInstanceUid } = line;
  return (
    <tr>
      <td class="cell-main cell-nowrap">{formatInstant(line.at)}</td>
      <td data-label={t('audit.colSubject')}>
        <span title={subject === null ? undefined : (textOf('audit', `kind_${subject.kind}`) ?? subject.kind)}>
          {subject?.name ?? t('audit.nobody')}
        </span>
      </td>
      <td data-label={t('audit.colAction')}>{textOf('audit', `action_${line.action}`) ?? line.action}</td>
      <td data-label={t('audit.colOutcome')}>
        <Badge kind={OUTCOME_KINDS[line.outcome] ?? 'plain'}>{textOf('audit', `outcome_${line.outcome}`) ?? line.outcome}</Badge>
      </td>
      <td data-label={t('audit.colStudy')}>
        {studyInstanceUid !== '' && <Link href={studyUrl(studyInstanceUid)}>{t('audit.openStudy')}</Link>}
      </td>
      <td class="soft cell-nowrap" data-label={t('audit.colAddress')}>
        {line.address}
      </td>
      <td class="soft" data-label={t('audit.colDetail')}>
        {detailWords(line.detail)}
      </td>
    </tr>
  );
}
