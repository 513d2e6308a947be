import { Disc3 } from 'lucide-preact';
import type { VNode } from 'preact';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Empty, Notice } from '../design/status.tsx';
import { formatBytes, formatDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { bytesOf, type Disc, type DiscPatient, filesOf } from './disc.ts';
import { seriesKey } from './import-store.ts';
import { StudyChoice } from './study-choice.tsx';

/** What is on the disc; a person chooses. */
export function Review(): VNode | null {
  const { imports } = useApp();
  const disc = imports.disc.value;
  if (disc === undefined) {
    return null;
  }
  if (disc.patients.length === 0) {
    return (
      <>
        <Empty icon={Disc3} title={t('importing.nothing')} text={t('importing.nothingText')}>
          <Button kind="primary" onClick={() => imports.reset()}>
            {t('importing.again')}
          </Button>
        </Empty>
        <Asides disc={disc} />
      </>
    );
  }
  const hereProblem = imports.hereProblem.value;
  return (
    <>
      <Headline disc={disc} />
      {disc.directory === 'wrong' && <Notice>{t('importing.wrongDirectory')}</Notice>}
      {hereProblem !== undefined && (
        <Notice kind="warning">{t('importing.hereFailed', { detail: failureText(hereProblem) })}</Notice>
      )}
      <ul class="import-patients">
        {disc.patients.map((patient) => (
          <li key={patient.key}>
            <PatientGroup patient={patient} />
          </li>
        ))}
      </ul>
      <Asides disc={disc} />
      <StartBar />
    </>
  );
}

function Headline({ disc }: { readonly disc: Disc }): VNode {
  const { imports } = useApp();
  const studies = disc.patients.flatMap((patient) => patient.studies);
  const images = studies.reduce((sum, study) => sum + filesOf(study).length, 0);
  const all = studies.flatMap((study) =>
    study.series.filter(({ files }) => files.length > 0).map((series) => seriesKey(study, series)),
  );
  const complete = all.every((key) => imports.selected.value.has(key));
  const counts = [
    t('importing.patientCount', { count: disc.patients.length }),
    t('importing.studyCount', { count: studies.length }),
    t('importing.images', { count: images }),
  ];
  return (
    <div class="row row-wrap import-headline">
      <div class="grow">
        <strong class="numeric">{counts.join(' · ')}</strong>
        {disc.directory === 'read' && <span class="faint"> · {t('importing.byDirectory')}</span>}
      </div>
      <Button small onClick={() => imports.select(all, !complete)}>
        {t(complete ? 'importing.selectNone' : 'importing.selectAll')}
      </Button>
      <Button small onClick={() => imports.reset()}>
        {t('importing.again')}
      </Button>
    </div>
  );
}

function PatientGroup({ patient }: { readonly patient: DiscPatient }): VNode {
  const { id, name, birthDate, sex } = patient.person;
  const facts = [id, formatDate(birthDate), sexWord(sex)].filter(Boolean).join(' · ');
  return (
    <section class="panel import-patient">
      <header>
        <h2>{name || t('worklist.noName')}</h2>
        <span class="soft numeric">{facts}</span>
      </header>
      <ul>
        {patient.studies.map((study) => (
          <li key={study.key}>
            <StudyChoice study={study} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function sexWord(sex: string): string {
  return sex === 'M' || sex === 'F' || sex === 'O' ? t(`common.sex${sex}`) : '';
}

/** What is missing, and what is no image: said quietly. */
function Asides({ disc: { missing, leftOut } }: { readonly disc: Disc }): VNode {
  return (
    <div class="stack stack-tight import-asides">
      {missing.count > 0 && (
        <Notice kind="warning">
          <details>
            <summary>{t('importing.missing', { count: missing.count })}</summary>
            <ul class="import-names">
              {missing.named.map((path) => (
                <li key={path}>{path}</li>
              ))}
              {missing.count > missing.named.length && <li class="faint">{t('importing.andMore')}</li>}
            </ul>
          </details>
        </Notice>
      )}
      {leftOut.count > 0 && (
        <details class="faint">
          <summary>{t('importing.leftOut', { count: leftOut.count })}</summary>
          <ul class="import-names">
            {leftOut.named.map(({ path, why }) => (
              <li key={path}>
                {path} <span class="faint">{t(`importing.why_${why}`)}</span>
              </li>
            ))}
            {leftOut.count > leftOut.named.length && <li>{t('importing.andMore')}</li>}
          </ul>
        </details>
      )}
    </div>
  );
}

function StartBar(): VNode {
  const { imports } = useApp();
  const jobs = imports.jobs.value;
  const files = jobs.flatMap((job) => job.files);
  const none = files.length === 0;
  return (
    <footer class="import-bar">
      <span class="soft numeric grow">
        {none ? t('importing.startNone') : t('importing.selected', { count: files.length, bytes: formatBytes(bytesOf(files)) })}
      </span>
      <Button kind="primary" disabled={none} onClick={() => imports.start()}>
        {t('importing.start', { count: files.length })}
      </Button>
    </footer>
  );
}
