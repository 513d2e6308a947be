import { eventTarget } from '@cornerstonejs/core';
import { annotation, Enums, LengthTool, ProbeTool, type Types } from '@cornerstonejs/tools';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Vector3 } from '../../model/geometry.ts';
import type { MprLength, MprProbe, Slab } from '../../mpr.ts';
import type { Volume } from '../../volume.ts';
import { slabValueAt } from '../../volume-value.ts';
import { isFrameId } from '../images.ts';

/** What was measured on the panes of a volume; it goes with them. */
export interface MprMarks extends Disposable {
  readonly lengths: ReadonlySignal<readonly MprLength[]>;
  readonly probes: ReadonlySignal<readonly MprProbe[]>;
  /** Of a probe being drawn. */
  valueOf(data: Types.AnnotationData): number | undefined;
  removeAll(): void;
}

/** Where a probe was set, and towards whom its pane looks. */
interface Place {
  readonly id: string;
  readonly point: Vector3;
  readonly normal: Vector3;
}

const KINDS: readonly string[] = [LengthTool.toolName, ProbeTool.toolName];

/** Shorter than this on the patient it was a click. */
const LEAST_MM = 0.1;

export function createMprMarks(
  panes: readonly { readonly element: HTMLDivElement }[],
  slab: ReadonlySignal<Slab>,
  volume: Volume,
): MprMarks {
  const lengths = signal<readonly MprLength[]>([]);
  const places = signal<readonly Place[]>([]);
  const all = (toolName: string): readonly Types.Annotation[] => {
    const [pane] = panes;
    return pane === undefined ? [] : annotation.state.getAnnotations(toolName, pane.element).filter(isOnPane);
  };
  const read = (): void => {
    lengths.value = all(LengthTool.toolName).flatMap(({ annotationUID: id, data }) =>
      id === undefined ? [] : [{ id, mm: lengthOf(data.handles?.points ?? []) }],
    );
    places.value = all(ProbeTool.toolName).flatMap((probe) => placeOf(probe) ?? []);
  };
  const valueAt = ({ point, normal }: Place): number | undefined => slabValueAt(volume, point, normal, slab.value);
  const removeAll = (): void => {
    for (const { id } of [...lengths.value, ...places.value]) {
      annotation.state.removeAnnotation(id);
    }
    read();
  };
  const stop = listen(read);
  return {
    lengths,
    probes: computed(() => places.value.map((place) => ({ id: place.id, value: valueAt(place) }))),
    valueOf: (data) => {
      const drawn = all(ProbeTool.toolName).find((one) => one.data === data);
      const place = drawn === undefined ? undefined : placeOf(drawn);
      return place === undefined ? undefined : valueAt(place);
    },
    removeAll,
    [Symbol.dispose]: () => {
      removeAll();
      stop();
    },
  };
}

/** In mm: the points are in the patient. PS3.3 C.7.6.2.1.1. */
export function lengthOf(points: readonly ArrayLike<number>[]): number {
  const [a, b] = points;
  const along = (axis: 0 | 1 | 2): number => (a?.[axis] ?? 0) - (b?.[axis] ?? 0);
  return Math.hypot(along(0), along(1), along(2));
}

export function vectorOf(point: ArrayLike<number> | undefined): Vector3 | undefined {
  const [x, y, z] = Array.from(point ?? []);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

function placeOf({ annotationUID: id, data, metadata }: Types.Annotation): Place | undefined {
  const point = vectorOf(data.handles?.points?.[0]);
  const normal = vectorOf(metadata?.viewPlaneNormal);
  return id === undefined || point === undefined || normal === undefined ? undefined : { id, point, normal };
}

/** Marks on stacks are of a frame; they stay as they are. */
function isOnPane({ metadata }: Types.Annotation): boolean {
  return KINDS.includes(metadata?.toolName ?? '') && !isFrameId(metadata?.referencedImageId);
}

function listen(read: () => void): () => void {
  const completed = (event: Event): void => {
    const finished: Types.Annotation | undefined = event instanceof CustomEvent ? event.detail?.annotation : undefined;
    if (finished !== undefined && isOnPane(finished) && isClick(finished)) {
      annotation.state.removeAnnotation(finished.annotationUID ?? '');
    }
    read();
  };
  const names = [Enums.Events.ANNOTATION_MODIFIED, Enums.Events.ANNOTATION_REMOVED];
  eventTarget.addEventListener(Enums.Events.ANNOTATION_COMPLETED, completed);
  for (const name of names) {
    eventTarget.addEventListener(name, read);
  }
  return () => {
    eventTarget.removeEventListener(Enums.Events.ANNOTATION_COMPLETED, completed);
    for (const name of names) {
      eventTarget.removeEventListener(name, read);
    }
  };
}

/** A length needs two places; a probe is one. */
function isClick({ metadata, data }: Types.Annotation): boolean {
  return metadata?.toolName === LengthTool.toolName && lengthOf(data.handles?.points ?? []) < LEAST_MM;
}
