import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type Area, type Preview, pictureUrl, previewProfile } from '../../api/deidentification.ts';
import type { Study } from '../../api/studies.ts';
import { useApp } from '../../app/context.ts';
import { useLoaded } from '../../app/use-loaded.ts';
import { Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { LoadedView } from '../section.tsx';
import { StudyChooser } from '../study-chooser.tsx';
import { SeriesField } from './series-field.tsx';

/** What an image says of itself, as far as regions ask. */
export interface AreaPicture {
  readonly modality: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly rows: number;
  readonly columns: number;
}

export interface AreaPictureChooserProps {
  readonly areas: readonly Area[];
  readonly onAreas: (areas: readonly Area[]) => void;
  /** Told when an image is chosen. */
  readonly onPicture: (picture: AreaPicture) => void;
}

/** Nothing is changed by it: it is asked what the image says of itself. */
const NOTHING = {
  name: 'preview',
  options: [],
  scope: undefined,
  pseudonymPrefix: undefined,
  shiftDays: undefined,
  keepPrivate: undefined,
  regions: [
    {
      when: {
        modality: undefined,
        manufacturer: undefined,
        model: undefined,
        sopClassUid: undefined,
        rows: undefined,
        columns: undefined,
      },
      areas: [],
      hides: undefined,
    },
  ],
  accept: ['burnedIn', 'document', 'audio', 'video', 'faces'],
} as const;

/** An image of the archive, on which areas are drawn. */
export function AreaPictureChooser({ areas, onAreas, onPicture }: AreaPictureChooserProps): VNode {
  const [study, setStudy] = useState<Study | undefined>(undefined);
  return (
    <div class="area-chooser">
      <StudyChooser study={study} onChoose={setStudy} />
      {study !== undefined && (
        <SeriesField study={study}>
          {(series) => (
            <Picture
              key={series}
              study={study.studyInstanceUid}
              series={series}
              areas={areas}
              onAreas={onAreas}
              onPicture={onPicture}
            />
          )}
        </SeriesField>
      )}
    </div>
  );
}

interface PictureProps extends AreaPictureChooserProps {
  readonly study: string;
  readonly series: string;
}

function Picture({ study, series, areas, onAreas, onPicture }: PictureProps): VNode {
  const { client } = useApp();
  const loaded = useLoaded(`picture ${series}`, async (signal) => {
    const preview = await previewProfile(client, NOTHING, { studyInstanceUid: study, seriesInstanceUid: series }, signal);
    if (preview.rows > 0) {
      onPicture(pictureOf(preview));
    }
    return preview;
  });
  return (
    <LoadedView loaded={loaded}>
      {({ sopInstanceUid, rows, columns }) =>
        rows === 0 || columns === 0 ? (
          <Notice>{t('deidentification.noPicture')}</Notice>
        ) : (
          <>
            <p class="field-hint">{t('deidentification.drawHint')}</p>
            <AreaDrawing
              url={pictureUrl(study, series, sopInstanceUid)}
              rows={rows}
              columns={columns}
              areas={areas}
              onDrawn={(area) => onAreas([...areas, area])}
            />
          </>
        )
      }
    </LoadedView>
  );
}

function pictureOf({ attributes, rows, columns }: Preview): AreaPicture {
  const value = (path: string) => attributes.find((attribute) => attribute.path === path)?.before ?? '';
  return {
    modality: value('Modality'),
    manufacturer: value('Manufacturer'),
    model: value('ManufacturerModelName'),
    rows,
    columns,
  };
}

export interface AreaDrawingProps {
  readonly url: string;
  readonly rows: number;
  readonly columns: number;
  readonly areas: readonly Area[];
  /** Left out, nothing can be drawn. */
  readonly onDrawn?: (area: Area) => void;
}

/** The image with its areas blackened; another is drawn with the pointer, or typed as numbers beside it. */
export function AreaDrawing({ url, rows, columns, areas, onDrawn }: AreaDrawingProps): VNode {
  const picture = useRef<SVGSVGElement>(null);
  const [from, setFrom] = useState<readonly [number, number] | undefined>(undefined);
  const [to, setTo] = useState<readonly [number, number] | undefined>(undefined);
  const at = (event: PointerEvent): readonly [number, number] => {
    const box = picture.current?.getBoundingClientRect();
    const part = (value: number, start: number, length: number, most: number) =>
      Math.round(Math.min(1, Math.max(0, (value - start) / (length || 1))) * most);
    return box === undefined
      ? [0, 0]
      : [part(event.clientX, box.left, box.width, columns), part(event.clientY, box.top, box.height, rows)];
  };
  const drawn = from !== undefined && to !== undefined ? areaBetween(from, to) : undefined;
  const finish = () => {
    if (drawn !== undefined && drawn[2] > 1 && drawn[3] > 1) {
      onDrawn?.(drawn);
    }
    setFrom(undefined);
    setTo(undefined);
  };
  return (
    <div class={`area-drawing${onDrawn === undefined ? '' : ' area-drawing-open'}`}>
      <svg
        ref={picture}
        viewBox={`0 0 ${columns} ${rows}`}
        role="img"
        aria-label={t('deidentification.picture', { count: areas.length })}
        onPointerDown={(event) => {
          if (onDrawn !== undefined) {
            event.currentTarget.setPointerCapture(event.pointerId);
            setFrom(at(event));
            setTo(at(event));
          }
        }}
        onPointerMove={(event) => from !== undefined && setTo(at(event))}
        onPointerUp={finish}
        onPointerCancel={finish}
      >
        <image href={url} width={columns} height={rows} preserveAspectRatio="none" />
        {areas.map(([x, y, width, height], index) => (
          <rect key={String(index)} class="area-black" x={x} y={y} width={width} height={height} />
        ))}
        {drawn !== undefined && <rect class="area-new" x={drawn[0]} y={drawn[1]} width={drawn[2]} height={drawn[3]} />}
      </svg>
    </div>
  );
}

function areaBetween([x, y]: readonly [number, number], [right, bottom]: readonly [number, number]): Area {
  return [Math.min(x, right), Math.min(y, bottom), Math.abs(right - x), Math.abs(bottom - y)];
}
