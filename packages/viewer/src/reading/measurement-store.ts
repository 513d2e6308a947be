import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Mark } from '../api/marks.ts';
import { framePath } from '../imaging/model/image-frame.ts';
import { hasPoints, MEASURE_TOOLS, type Measurement } from '../imaging/model/measurements.ts';
import type { Marks } from '../imaging/tools.ts';
import type { MarkKeeper } from '../marks/mark-keeper.ts';
import type { DrawnMark, MarksPhase, StudyMarks } from '../marks/study-marks.ts';

/** The marks on the images of this page: of the study that is read, and of those hung beside it. Each is kept with its own study. */
export interface MeasurementStore extends Marks, Disposable {
  readonly phase: ReadonlySignal<MarksPhase>;
  /** Marks that the server does not have yet. */
  readonly unsent: ReadonlySignal<number>;
  /** Images of this study are at hand: what was drawn on them is asked for. */
  show(studyInstanceUid: string): void;
  /** Who drew it; undefined where that is who is signed in. */
  authorOf(id: string): string | undefined;
  /** Of the study that is read, one's own. */
  clear(): void;
}

/** What is worst is told. */
const TOLD: readonly MarksPhase[] = ['refused', 'unkept', 'waiting', 'viewOnly', 'saving', 'away', 'saved'];

export function createMeasurementStore(
  studyInstanceUid: string,
  keeper: Pick<MarkKeeper, 'of' | 'release'>,
  personId: () => string,
): MeasurementStore {
  const studies = signal<readonly StudyMarks[]>([]);
  const selected = signal<string | undefined>(undefined);
  const show = (uid: string): StudyMarks => {
    const known = studies.peek().find((study) => study.studyInstanceUid === uid);
    const study = known ?? keeper.of(uid);
    studies.value = known === undefined ? [...studies.peek(), study] : studies.peek();
    return study;
  };
  const holding = (id: string): StudyMarks | undefined => studies.peek().find(({ marks }) => marks.peek().has(id));
  const remove = (id: string): void => {
    holding(id)?.remove(id);
    selected.value = selected.value === id ? undefined : selected.value;
  };
  return {
    all: computed(() => studies.value.flatMap((study) => measurementsOf(study.studyInstanceUid, study.marks.value))),
    selected,
    phase: computed(() => TOLD.find((phase) => studies.value.some((study) => study.phase.value === phase)) ?? 'saved'),
    unsent: computed(() => studies.value.reduce((sum, { unsent }) => sum + unsent.value, 0)),
    show: (uid) => void show(uid),
    put: (measurement) => {
      const place = placeOf(measurement);
      if (place !== undefined) {
        show(place.studyInstanceUid).draw(measurement.id, place.drawn);
      }
    },
    remove,
    authorOf: (id) => {
      const author = holding(id)?.marks.value.get(id)?.author;
      return author === undefined || author.id === personId() ? undefined : author.name;
    },
    clear: () => {
      for (const { id, author } of [...show(studyInstanceUid).marks.peek().values()]) {
        if (author.id === personId()) {
          remove(id);
        }
      }
    },
    [Symbol.dispose]: () => {
      for (const study of studies.peek()) {
        keeper.release(study.studyInstanceUid);
      }
    },
  };
}

/** Those of tools that this page knows, in the order in which they were drawn. */
export function measurementsOf(study: string, marks: ReadonlyMap<string, Mark>): readonly Measurement[] {
  return [...marks.values()]
    .filter(({ deleted }) => !deleted)
    .sort((one, other) => (one.created < other.created || (one.created === other.created && one.id < other.id) ? -1 : 1))
    .flatMap((mark) => measurementOf(study, mark) ?? []);
}

function measurementOf(study: string, { id, place, tool, points }: Mark): Measurement | undefined {
  const known = MEASURE_TOOLS.find((name) => name === tool);
  if (known === undefined || place.kind !== 'image') {
    return undefined;
  }
  const parsed = points.flatMap(([x, y]) => (x === undefined || y === undefined ? [] : [{ x, y }]));
  const frameId = framePath(study, place.seriesInstanceUid, place.sopInstanceUid, place.frame);
  return hasPoints(known, parsed.length) ? { id, tool: known, frameId, points: parsed } : undefined;
}

const FRAME = /^\/studies\/([^/]+)\/series\/([^/]+)\/instances\/([^/]+)\/frames\/(\d+)$/;

function placeOf({
  frameId,
  tool,
  points,
}: Measurement): { readonly studyInstanceUid: string; readonly drawn: DrawnMark } | undefined {
  const [, studyInstanceUid, seriesInstanceUid, sopInstanceUid, frame] = (FRAME.exec(frameId) ?? []).map(decodeURIComponent);
  if (studyInstanceUid === undefined || seriesInstanceUid === undefined || sopInstanceUid === undefined) {
    return undefined;
  }
  const place = { kind: 'image', seriesInstanceUid, sopInstanceUid, frame: Number(frame) } as const;
  return { studyInstanceUid, drawn: { place, tool, points: points.map(({ x, y }) => [x, y]) } };
}
