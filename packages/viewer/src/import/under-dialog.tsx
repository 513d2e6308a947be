import { fold } from '@filmless/dicom';
import { Check as CheckIcon, Search, TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { failureText } from '../api/failure.ts';
import { beginImport, type ImportBasis, isMismatch, type PatientImport } from '../api/imports.ts';
import { findOrders } from '../api/orders.ts';
import { findStudies } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Check, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { modalitiesOf, nextStep, plainName, sexWord, startWords } from '../orders/words.ts';
import type { DiscStudy } from './disc.ts';
import type { Person } from './facts.ts';

/** Somebody of this house, and by what she was found. */
interface Candidate {
  readonly basis: ImportBasis;
  readonly person: Person;
  /** What tells orders and patients of the same name apart. */
  readonly note: string;
}

interface Found {
  readonly orders: readonly Candidate[];
  readonly patients: readonly Candidate[];
}

export interface UnderDialogProps {
  readonly study: DiscStudy;
  readonly onClose: () => void;
  readonly onDecided: (decision: PatientImport) => void;
}

/** Whose study it is here: searched by name or id, compared side by side, and decided by a person. */
export function UnderDialog({ study, onClose, onDecided }: UnderDialogProps): VNode {
  const [candidate, setCandidate] = useState<Candidate | undefined>(undefined);
  return candidate === undefined ? (
    <SearchStep study={study} onClose={onClose} onChoose={setCandidate} />
  ) : (
    <CompareStep
      study={study}
      candidate={candidate}
      onBack={() => setCandidate(undefined)}
      onClose={onClose}
      onDecided={onDecided}
    />
  );
}

interface SearchStepProps {
  readonly study: DiscStudy;
  readonly onClose: () => void;
  readonly onChoose: (candidate: Candidate) => void;
}

function SearchStep({ study, onClose, onChoose }: SearchStepProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [q, setQ] = useState(study.patient.name);
  const [found, setFound] = useState<Found | undefined>(undefined);
  const search = () =>
    sending.run(async () => {
      const words = q.trim();
      const [{ orders }, { studies }] = await Promise.all([
        findOrders(client, { q: words, latestFirst: true }),
        findStudies(client, { q: words }),
      ]);
      const patients = new Map(
        studies
          .filter(({ studyInstanceUid }) => studyInstanceUid !== study.uid)
          .toReversed()
          .map(({ patient, studyInstanceUid, date, description }): [string, Candidate] => {
            const person = { ...patient, birthDate: patient.birthDate ?? '' };
            const basis = { kind: 'study', studyInstanceUid } as const;
            return [
              `${patient.issuer} ${patient.id}`,
              { basis, person, note: [formatDate(date), description].filter(Boolean).join(' · ') },
            ];
          }),
      );
      const ordered = orders
        .filter(({ state }) => state !== 'CANCELLED')
        .map((order): Candidate => {
          const { id, name, birthDate, sex } = order.patient;
          const note = [order.accessionNumber, modalitiesOf(order), order.description, startWords(nextStep(order)?.start)];
          return {
            basis: { kind: 'order', accessionNumber: order.accessionNumber },
            person: { id, issuer: '', name: plainName(name), birthDate: birthDate ?? '', sex },
            note: note.filter(Boolean).join(' · '),
          };
        });
      setFound({ orders: ordered, patients: [...patients.values()] });
    });
  const none = found !== undefined && found.orders.length + found.patients.length === 0;
  return (
    <Dialog
      wide
      title={t('importing.changeTitle')}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('common.cancel')}</Button>}
      onSubmit={() => void search()}
    >
      <p class="soft">{t('importing.changeText')}</p>
      <div class="order-find">
        <TextField
          label={t('importing.search')}
          autoFocus
          autoComplete="off"
          spellcheck={false}
          maxLength={64}
          value={q}
          onText={setQ}
        />
        <Button type="submit" kind="primary" icon={Search} busy={sending.busy} disabled={q.trim() === ''}>
          {t('common.search')}
        </Button>
      </div>
      {sending.problem !== undefined && <Notice kind="danger">{failureText(sending.problem)}</Notice>}
      {none && <p class="soft">{t('importing.noneFound')}</p>}
      {found !== undefined && <Candidates title={t('importing.orders')} candidates={found.orders} onChoose={onChoose} />}
      {found !== undefined && <Candidates title={t('importing.patientsHere')} candidates={found.patients} onChoose={onChoose} />}
    </Dialog>
  );
}

interface CandidatesProps {
  readonly title: string;
  readonly candidates: readonly Candidate[];
  readonly onChoose: (candidate: Candidate) => void;
}

function Candidates({ title, candidates, onChoose }: CandidatesProps): VNode | null {
  if (candidates.length === 0) {
    return null;
  }
  return (
    <section class="stack stack-tight">
      <h3>{title}</h3>
      <ul class="import-candidates">
        {candidates.map((candidate) => (
          <li key={JSON.stringify(candidate.basis)}>
            <div class="grow">
              <strong>{candidate.person.name || t('worklist.noName')}</strong>{' '}
              <span class="soft numeric">
                {[candidate.person.id, formatDate(candidate.person.birthDate), sexWord(candidate.person.sex)]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <div class="faint numeric">{candidate.note}</div>
            </div>
            <Button small onClick={() => onChoose(candidate)}>
              {t('importing.choose')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CompareStepProps extends UnderDialogProps {
  readonly candidate: Candidate;
  readonly onBack: () => void;
}

function CompareStep({ study, candidate, onBack, onClose, onDecided }: CompareStepProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [same, setSame] = useState(false);
  const lines = compared(study.patient, candidate.person);
  // The server compares again, by its own rules.
  const differs = lines.some(({ key, agrees }) => key !== 'id' && agrees === false) || isMismatch(sending.problem);
  const decide = () =>
    sending.run(async () => {
      const wish = { studyInstanceUid: study.uid, original: study.patient, under: candidate.basis, confirm: differs };
      onDecided(await beginImport(client, wish));
    });
  const actions = (
    <>
      <Button onClick={onBack}>{t('importing.back')}</Button>
      <Button type="submit" kind={differs ? 'danger' : 'primary'} busy={sending.busy} disabled={!same}>
        {t('importing.decide')}
      </Button>
    </>
  );
  return (
    <Dialog wide title={t('importing.changeTitle')} onClose={onClose} actions={actions} onSubmit={() => void decide()}>
      {sending.problem !== undefined && !isMismatch(sending.problem) && (
        <Notice kind="danger">{problemText(sending.problem)}</Notice>
      )}
      <Comparison lines={lines} />
      <Notice kind={differs ? 'warning' : 'plain'}>
        <div class="stack stack-tight">
          <strong>{t(differs ? 'importing.differs' : 'importing.agrees')}</strong>
          <Check label={t('importing.same')} checked={same} onCheck={setSame} />
        </div>
      </Notice>
      <p class="faint">{t('importing.kept')}</p>
    </Dialog>
  );
}

function problemText(problem: unknown): string {
  return problem instanceof ApiError && problem.code === 'study-here' ? t('importing.studyHere') : failureText(problem);
}

interface Line {
  readonly key: 'name' | 'id' | 'birth' | 'sex';
  readonly title: string;
  readonly disc: string;
  readonly here: string;
  /** Undefined where one side says nothing. */
  readonly agrees: boolean | undefined;
}

function compared(disc: Person, here: Person): readonly Line[] {
  const agrees = (one: string, other: string): boolean | undefined => (one === '' || other === '' ? undefined : one === other);
  const born = Math.min(disc.birthDate.length, here.birthDate.length);
  return [
    {
      key: 'name',
      title: t('orders.patientName'),
      disc: disc.name,
      here: here.name,
      agrees: agrees(words(disc.name), words(here.name)),
    },
    { key: 'id', title: t('orders.patientId'), disc: disc.id, here: here.id, agrees: agrees(disc.id.trim(), here.id) },
    {
      key: 'birth',
      title: t('worklist.birthDate'),
      disc: dayOrYear(disc.birthDate),
      here: dayOrYear(here.birthDate),
      agrees: agrees(disc.birthDate.slice(0, born), here.birthDate.slice(0, born)),
    },
    { key: 'sex', title: t('orders.sex'), disc: sexWord(disc.sex), here: sexWord(here.sex), agrees: agrees(disc.sex, here.sex) },
  ];
}

/** Consoles and HIS differ in which part of a name comes first, and in accents. */
function words(name: string): string {
  return fold(name).split(' ').filter(Boolean).sort().join(' ');
}

function dayOrYear(day: string): string {
  return day.length === 4 ? day : formatDate(day);
}

function Comparison({ lines }: { readonly lines: readonly Line[] }): VNode {
  return (
    <table class="table comparison">
      <thead>
        <tr>
          <th scope="col">{t('unmatched.field')}</th>
          <th scope="col">{t('importing.onDisc')}</th>
          <th scope="col">{t('importing.atUs')}</th>
          <th scope="col">
            <span class="visually-hidden">{t('unmatched.different')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ key, title, disc, here, agrees }) => (
          <tr key={key} class={agrees === false ? 'comparison-different' : 'comparison-same'}>
            <th scope="row">{title}</th>
            <td data-label={t('importing.onDisc')}>{disc || '–'}</td>
            <td data-label={t('importing.atUs')}>{here || '–'}</td>
            <td class="comparison-verdict">
              {agrees === false && <TriangleAlert size={15} aria-hidden="true" />}
              {agrees === true && <CheckIcon size={15} aria-hidden="true" />}
              {agrees === undefined ? '' : t(agrees ? 'unmatched.same' : 'unmatched.different')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
