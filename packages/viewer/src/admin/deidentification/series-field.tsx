import { type ComponentChildren, Fragment, type VNode } from 'preact';
import { useState } from 'preact/hooks';
import { readStudy, type Series, type Study } from '../../api/studies.ts';
import { useApp } from '../../app/context.ts';
import { useLoaded } from '../../app/use-loaded.ts';
import { SelectField } from '../../design/field.tsx';
import { t } from '../../i18n/index.ts';
import { LoadedView } from '../section.tsx';

export interface SeriesFieldProps {
  readonly study: Study;
  readonly children: (seriesInstanceUid: string) => ComponentChildren;
}

/** A series of a study is chosen, the first at first. */
export function SeriesField({ study, children }: SeriesFieldProps): VNode {
  const { client } = useApp();
  const { studyInstanceUid } = study;
  const loaded = useLoaded(`study ${studyInstanceUid}`, (signal) => readStudy(client, studyInstanceUid, signal));
  const [chosen, setChosen] = useState('');
  return (
    <LoadedView loaded={loaded}>
      {({ series }) => {
        const current = chosen || (series[0]?.seriesInstanceUid ?? '');
        return (
          <>
            <SelectField
              label={t('deidentification.series')}
              options={series.map((entry) => ({ value: entry.seriesInstanceUid, label: seriesWords(entry) }))}
              value={current}
              onText={setChosen}
            />
            {current !== '' && <Fragment key={current}>{children(current)}</Fragment>}
          </>
        );
      }}
    </LoadedView>
  );
}

function seriesWords({ number, modality, description, instanceCount }: Series): string {
  return [number === null ? '' : `#${number}`, modality, description, t('rules.images_count', { count: instanceCount })]
    .filter(Boolean)
    .join(' · ');
}
