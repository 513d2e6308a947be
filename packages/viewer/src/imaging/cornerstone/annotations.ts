import type { Types } from '@cornerstonejs/tools';
import type { Point } from '../model/geometry.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import {
  boxOf,
  hasPoints,
  MEASURE_TOOLS,
  type Measurement,
  type MeasureTool,
  MOST_OUTLINE_POINTS,
} from '../model/measurements.ts';
import { fromWorld, toWorld, worldPlane } from '../model/world.ts';
import { frameIdOf, frameOfReferenceOf, heldFrame, imageIdOf } from './images.ts';

type WorldPoint = ReturnType<typeof toWorld>;

/** Cornerstone's names. */
export const TOOL_NAMES: Readonly<Record<MeasureTool, string>> = {
  length: 'Length',
  bidirectional: 'Bidirectional',
  angle: 'Angle',
  cobb: 'CobbAngle',
  cardiothoracic: 'CardiothoracicRatio',
  ellipse: 'EllipticalROI',
  rectangle: 'RectangleROI',
  freehand: 'PlanarFreehandROI',
};

function measureOf(toolName: string | undefined): MeasureTool | undefined {
  return MEASURE_TOOLS.find((tool) => TOOL_NAMES[tool] === toolName);
}

const isBox = (tool: MeasureTool): boolean => tool === 'ellipse' || tool === 'rectangle';

/**
 * Our points of a mark from Cornerstone's data: boxes are kept by two corners, which its four handles lie between; an outline by as many
 * of its points as are kept.
 */
export function imagePoints(tool: MeasureTool, frame: ImageFrame, { handles, contour }: Types.AnnotationData): readonly Point[] {
  const world = tool === 'freehand' ? thinned(contour?.polyline ?? []) : (handles?.points ?? []);
  const points = world.map((point) => fromWorld(frame, point));
  if (tool === 'freehand') {
    return points.map(({ x, y }) => ({ x: hundredths(x), y: hundredths(y) }));
  }
  if (!isBox(tool)) {
    return points;
  }
  const { left, top, right, bottom } = boxOf(points);
  return [
    { x: left, y: top },
    { x: right, y: bottom },
  ];
}

/** Cornerstone's handles of a mark: corners of a rectangle row by row; top, bottom, left and right of an ellipse. */
function handlePoints(tool: MeasureTool, points: readonly Point[]): readonly Point[] {
  if (!isBox(tool)) {
    return points;
  }
  const { left, top, right, bottom } = boxOf(points);
  if (tool === 'rectangle') {
    return [
      { x: left, y: top },
      { x: right, y: top },
      { x: left, y: bottom },
      { x: right, y: bottom },
    ];
  }
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [
    { x, y: top },
    { x, y: bottom },
    { x: left, y },
    { x: right, y },
  ];
}

/** The measurement an annotation stands for; undefined for those of no tool of ours, and for unfinished ones. */
export function measurementOf({ annotationUID, metadata, data }: Types.Annotation): Measurement | undefined {
  const tool = measureOf(metadata?.toolName);
  const frame = heldFrame(metadata?.referencedImageId ?? '');
  if (annotationUID === undefined || tool === undefined || frame === undefined) {
    return undefined;
  }
  const points = imagePoints(tool, frame, data);
  const known = hasPoints(tool, points.length) && points.every(({ x, y }) => Number.isFinite(x + y));
  return known ? { id: annotationUID, tool, frameId: frame.id, points } : undefined;
}

/** The annotation of a kept measurement, when its frame comes to be shown. */
export function annotationOf({ id, tool, points }: Measurement, frame: ImageFrame): Types.Annotation {
  const { normal, column } = worldPlane(frame);
  return {
    annotationUID: id,
    highlighted: false,
    isLocked: false,
    isVisible: true,
    invalidated: false,
    metadata: {
      toolName: TOOL_NAMES[tool],
      FrameOfReferenceUID: frameOfReferenceOf(frame),
      referencedImageId: imageIdOf(frame),
      viewPlaneNormal: [-normal[0], -normal[1], -normal[2]],
      viewUp: [-column[0], -column[1], -column[2]],
    },
    data: {
      label: '',
      cachedStats: {},
      ...drawnAs(
        tool,
        handlePoints(tool, points).map((point) => toWorld(frame, point)),
      ),
    },
  };
}

function drawnAs(tool: MeasureTool, points: WorldPoint[]): Pick<Types.AnnotationData, 'handles' | 'contour'> {
  return tool === 'freehand'
    ? { handles: { points: [], activeHandleIndex: null, textBox: {} }, contour: { polyline: points, closed: true } }
    : { handles: { points, activeHandleIndex: null } };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** One in so many points of an outline that has too many. */
function thinned<T>(points: readonly T[]): readonly T[] {
  const step = Math.ceil(points.length / MOST_OUTLINE_POINTS);
  return step <= 1 ? points : points.filter((_, index) => index % step === 0);
}

/** The frame a statistic of Cornerstone's is about: its target ids are `imageId:` and the image id. */
export function frameOfTarget(targetId: string): { readonly imageId: string; readonly frame: ImageFrame } | undefined {
  const imageId = targetId.replace(/^imageId:/, '');
  const frame = heldFrame(imageId);
  return frame === undefined || frame.id !== frameIdOf(imageId) ? undefined : { imageId, frame };
}
