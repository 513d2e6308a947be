import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type AttributeChange, type NamedProfile, type Preview, pictureUrl, previewProfile } from '../../api/deidentification.ts';
import type { Study } from '../../api/studies.ts';
import { useApp } from '../../app/context.ts';
import { useLoaded } from '../../app/use-loaded.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Check } from '../../design/field.tsx';
import { Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { refusalWords } from '../fault-words.ts';
import { LoadedView } from '../section.tsx';
import { StudyChooser } from '../study-chooser.tsx';
import { AreaDrawing } from './area-picture.tsx';
import { SeriesField } from './series-field.tsx';

/** What a profile changes in an image of a chosen study: nothing is sent. */
export function PreviewDialog({ profile, onClose }: { readonly profile: NamedProfile; readonly onClose: () => void }): VNode {
  const [study, setStudy] = useState<Study | undefined>(undefined);
  return (
    <Dialog
      wide="very"
      title={t('deidentification.tryTitle', { name: profile.name })}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('common.close')}</Button>}
    >
      <p class="soft">{t('deidentification.tryIntro')}</p>
      <StudyChooser study={study} onChoose={setStudy} />
      {study !== undefined && (
        <SeriesField study={study}>
          {(series) => <Tried profile={profile} study={study.studyInstanceUid} series={series} />}
        </SeriesField>
      )}
    </Dialog>
  );
}

interface TriedProps {
  readonly profile: NamedProfile;
  readonly study: string;
  readonly series: string;
}

function Tried({ profile, study, series }: TriedProps): VNode {
  const { client } = useApp();
  const [all, setAll] = useState(false);
  const loaded = useLoaded(`preview ${series}`, (signal) =>
    previewProfile(client, profile, { studyInstanceUid: study, seriesInstanceUid: series }, signal),
  );
  return (
    <LoadedView loaded={loaded}>
      {(preview) =>
        preview.refused === null ? (
          <>
            <Summary preview={preview} />
            {preview.rows > 0 && preview.columns > 0 && (
              <details class="rule-more" open={preview.areas.length > 0}>
                <summary>{t('deidentification.pixels')}</summary>
                <div class="rule-more-body">
                  <p class="field-hint">
                    {t(preview.areas.length === 0 ? 'deidentification.pixelsUntouched' : 'deidentification.pixelsBlack')}
                  </p>
                  <AreaDrawing {...preview} url={pictureUrl(study, series, preview.sopInstanceUid)} />
                </div>
              </details>
            )}
            <Check label={t('deidentification.showKept')} checked={all} onCheck={setAll} />
            <Changes changes={preview.attributes.filter(({ change }) => all || change !== 'kept')} />
            {preview.more && <p class="soft">{t('deidentification.moreAttributes')}</p>}
          </>
        ) : (
          <Notice kind="danger">{t('deidentification.refused', { reason: refusalWords(preview.refused) })}</Notice>
        )
      }
    </LoadedView>
  );
}

const KINDS = ['removed', 'emptied', 'changed', 'added', 'kept'] as const;

function Summary({ preview: { attributes } }: { readonly preview: Preview }): VNode {
  return (
    <p role="status">
      {KINDS.map((kind) => [kind, attributes.filter(({ change }) => change === kind).length] as const)
        .filter(([, count]) => count > 0)
        .map(([kind, count]) => t(`deidentification.count_${kind}`, { count }))
        .join(' · ')}
    </p>
  );
}

function Changes({ changes }: { readonly changes: readonly AttributeChange[] }): VNode {
  return (
    <div class="panel table-scroll">
      <table class="table attribute-changes">
        <thead>
          <tr>
            <th scope="col">{t('deidentification.colAttribute')}</th>
            <th scope="col">{t('deidentification.colBefore')}</th>
            <th scope="col">{t('deidentification.colAfter')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, tag, change, before, after }) => (
            <tr key={path} class={`attribute-${change}`}>
              <th scope="row">
                {path}
                <span class="faint numeric"> {tag}</span>
              </th>
              <td data-label={t('deidentification.colBefore')}>{before ?? '–'}</td>
              <td data-label={t('deidentification.colAfter')}>
                {after === null ? (
                  <em>{t('deidentification.isRemoved')}</em>
                ) : after === '' ? (
                  <em>{t('deidentification.isEmpty')}</em>
                ) : (
                  after
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
