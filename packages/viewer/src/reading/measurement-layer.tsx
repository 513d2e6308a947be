import type { VNode } from 'preact';
import type { Point } from '../imaging/model/geometry.ts';
import { gripPoints, outline } from '../imaging/model/grips.ts';
import { boxOf, evaluate, type Measurement } from '../imaging/model/measurements.ts';
import type { Picture } from '../imaging/model/pixels.ts';
import { type Stage, toScreen } from '../imaging/model/view.ts';
import { findingLines } from './finding-text.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/** The marks of the frame shown, and the one being drawn. */
export function MeasurementLayer({
  model,
  viewport,
}: {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
}): VNode | null {
  const { value: picture } = viewport.shown;
  const { value: stage } = viewport.stage;
  if (picture === undefined || stage === undefined) {
    return null;
  }
  const { value: draft } = model.draft;
  const marks = model.measurements.all.value.filter(({ frameId }) => frameId === picture.frame.id);
  const screen = (point: Point): Point => toScreen(viewport.view.value, stage, point);
  return (
    <svg class="marks" width={stage.width} height={stage.height} aria-hidden="true">
      {marks.map((mark) => (
        <Mark
          key={mark.id}
          mark={mark}
          picture={picture}
          stage={stage}
          screen={screen}
          selected={mark.id === model.measurements.selected.value}
        />
      ))}
      {draft?.frameId === picture.frame.id && (
        <Mark mark={{ ...draft, id: 'draft' }} picture={picture} stage={stage} screen={screen} selected />
      )}
    </svg>
  );
}

interface MarkProps {
  readonly mark: Measurement;
  readonly picture: Picture;
  readonly stage: Stage;
  readonly screen: (point: Point) => Point;
  readonly selected: boolean;
}

function Mark({ mark, picture, stage, screen, selected }: MarkProps): VNode {
  const path = outline(mark.tool, mark.points).map(screen);
  const line = path.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  const lines = findingLines(evaluate(mark, picture.frame, picture));
  return (
    <g
      class={selected ? 'mark mark-selected' : 'mark'}
      data-measurement={mark.id}
      data-tool={mark.tool}
      data-finding={lines.join(' | ')}
    >
      <path class="mark-shade" d={line} />
      <path class="mark-line" d={line} />
      {(selected || mark.tool === 'length' || mark.tool === 'angle') &&
        gripPoints(mark).map((point, index) => {
          const { x, y } = screen(point);
          return <circle key={index} class="mark-grip" cx={x} cy={y} r={selected ? 5 : 3} />;
        })}
      <Label lines={lines} path={path} stage={stage} />
    </g>
  );
}

const LINE_HEIGHT = 17;
const LETTER_WIDTH = 7.2;

/** Beside the mark, on the side where there is room. */
function Label({
  lines,
  path,
  stage,
}: {
  readonly lines: readonly string[];
  readonly path: readonly Point[];
  readonly stage: Stage;
}): VNode {
  const box = boxOf(path);
  const width = Math.max(...lines.map((line) => line.length)) * LETTER_WIDTH + 8;
  const height = lines.length * LINE_HEIGHT;
  const right = box.right + 10 + width < stage.width ? box.right + 10 : box.left - width - 10;
  const x = Math.min(Math.max(right, 4), Math.max(stage.width - width, 4));
  const y = Math.min(Math.max((box.top + box.bottom) / 2 - height / 2, 4), Math.max(stage.height - height - 4, 4));
  return (
    <text class="mark-text" x={x} y={y}>
      {lines.map((line) => (
        <tspan key={line} x={x} dy={LINE_HEIGHT}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
