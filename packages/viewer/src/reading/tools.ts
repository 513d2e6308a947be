import type { DragTool, Tool } from '../imaging/tools.ts';

/** The tool of a mouse button (0 left, 1 middle, 2 right); other buttons belong to the browser. */
export function toolOfButton(button: number, chosen: Tool, middle: DragTool): Tool | undefined {
  switch (button) {
    case 0:
      return chosen;
    case 1:
      return middle;
    case 2:
      return 'zoom';
    default:
      return undefined;
  }
}
