import './study-chooser.css';
import { Search } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { findStudies, type Study } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { formatDate, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { LoadedView } from './section.tsx';

/** A pause in typing after which is searched. */
const PAUSE_MS = 300;
const MOST_SHOWN = 8;

export interface StudyChooserProps {
  readonly study: Study | undefined;
  readonly onChoose: (study: Study | undefined) => void;
}

/** A study, found by name, number or accession number, or among the newest. */
export function StudyChooser({ study, onChoose }: StudyChooserProps): VNode {
  return study === undefined ? (
    <Finding onChoose={onChoose} />
  ) : (
    <div class="chosen-study">
      <StudyLine study={study} />
      <Button small onClick={() => onChoose(undefined)}>
        {t('rules.otherStudy')}
      </Button>
    </div>
  );
}

function Finding({ onChoose }: Pick<StudyChooserProps, 'onChoose'>): VNode {
  const { client } = useApp();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const loaded = useLoaded(`studies ${asked}`, (signal) => findStudies(client, { q: asked }, signal));
  return (
    <div class="study-chooser">
      <Field label={t('rules.findStudy')} hint={t('rules.findStudyHint')}>
        {(control) => (
          <span class="input-with-icon">
            <Search size={18} aria-hidden="true" />
            <input
              {...control}
              type="search"
              class="input"
              autoComplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </span>
        )}
      </Field>
      <LoadedView loaded={loaded}>
        {({ studies }) =>
          studies.length === 0 ? (
            <p class="soft" role="status">
              {t('rules.noStudy')}
            </p>
          ) : (
            <ul class="found-studies" aria-label={t('rules.foundStudies')}>
              {studies.slice(0, MOST_SHOWN).map((study) => (
                <li key={study.studyInstanceUid} class="found-item">
                  <button type="button" class="found-study" onClick={() => onChoose(study)}>
                    <StudyLine study={study} />
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </LoadedView>
    </div>
  );
}

function StudyLine({ study }: { readonly study: Study }): VNode {
  const { patient, date, time, modalities, description, accessionNumber, instanceCount } = study;
  const facts = [modalities.join(', '), description, accessionNumber, t('rules.images_count', { count: instanceCount })];
  return (
    <span class="study-line">
      <strong>{patient.name || t('common.unknown')}</strong>
      <span class="soft numeric">{patient.id}</span>
      <span class="numeric">{`${formatDate(date)} ${formatTime(time)}`.trim()}</span>
      <span class="soft">{facts.filter(Boolean).join(' · ')}</span>
    </span>
  );
}
