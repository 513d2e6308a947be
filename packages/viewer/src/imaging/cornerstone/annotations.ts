import type { Types } from '@cornerstonejs/tools';
import type { Point } from '../model/geometry.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import { boxOf, type Measurement, type MeasureTool, POINTS_OF } from '../model/measurements.ts';
import { fromWorld, toWorld, worldPlane } from '../model/world.ts';
import { frameIdOf, frameOfReferenceOf, heldFrame, imageIdOf } from './images.ts';

/** Cornerstone's names. */
export const TOOL_NAMES: Readonly<Record<MeasureTool, string>> = {
  length: 'Length',
  angle: 'Angle',
  ellipse: 'EllipticalROI',
  rectangle: 'RectangleROI',
};

export const MEASURES: readonly MeasureTool[] = ['length', 'angle', 'ellipse', 'rectangle'];

function measureOf(toolName: string | undefined): MeasureTool | undefined {
  return MEASURES.find((tool) => TOOL_NAMES[tool] === toolName);
}

/** Our points of a mark from Cornerstone's handles: areas are kept by two corners, which its four handles lie between. */
export function imagePoints(tool: MeasureTool, frame: ImageFrame, handles: readonly ArrayLike<number>[]): readonly Point[] {
  const points = handles.map((handle) => fromWorld(frame, handle));
  if (tool === 'length' || tool === 'angle') {
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
  if (tool === 'length' || tool === 'angle') {
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
  const points = imagePoints(tool, frame, data.handles?.points ?? []);
  const known = points.length === POINTS_OF[tool] && points.every(({ x, y }) => Number.isFinite(x + y));
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
      handles: { points: handlePoints(tool, points).map((point) => toWorld(frame, point)), activeHandleIndex: null },
    },
  };
}

/** The frame a statistic of Cornerstone's is about: its target ids are `imageId:` and the image id. */
export function frameOfTarget(targetId: string): { readonly imageId: string; readonly frame: ImageFrame } | undefined {
  const imageId = targetId.replace(/^imageId:/, '');
  const frame = heldFrame(imageId);
  return frame === undefined || frame.id !== frameIdOf(imageId) ? undefined : { imageId, frame };
}
