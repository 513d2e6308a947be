import { StackScrollTool, type Types, WindowLevelTool } from '@cornerstonejs/tools';
import type { DragTool } from '../tools.ts';

type DragEvent = Types.EventTypes.InteractionEventType;

/** What a drag does to the viewport it is made on. */
export type Drag = (tool: DragTool, dx: number, dy: number) => void;

/** By Cornerstone's viewport id: its tools are one for all viewports. */
const drags = new Map<string, Drag>();

export function setDrag(viewportId: string, drag: Drag | undefined): void {
  if (drag === undefined) {
    drags.delete(viewportId);
  } else {
    drags.set(viewportId, drag);
  }
}

function tell(tool: DragTool, { detail }: DragEvent): void {
  const [dx, dy] = detail.deltaPoints.canvas;
  drags.get(detail.viewportId)?.(tool, dx, dy);
}

/**
 * Cornerstone's range of two values holds neither a table of the file nor a sigmoid, and its step is blind to values below
 * one: the drag changes the page's own grey scale.
 */
export class PageWindowLevelTool extends WindowLevelTool {
  static override toolName = 'WindowLevel';

  override mouseDragCallback(event: DragEvent): void {
    tell('window', event);
  }

  override touchDragCallback(event: DragEvent): void {
    tell('window', event);
  }
}

/** The page scrolls its linked viewports along, and loads what is scrolled to ahead of everything else. */
export class PageStackScrollTool extends StackScrollTool {
  static override toolName = 'StackScroll';

  override mouseDragCallback(event: DragEvent): void {
    tell('scroll', event);
  }

  override touchDragCallback(event: DragEvent): void {
    tell('scroll', event);
  }
}
