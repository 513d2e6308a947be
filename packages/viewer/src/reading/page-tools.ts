import { type Signal, signal } from '@preact/signals';
import { evaluate } from '../imaging/model/measurements.ts';
import type { DragTool, Tool, ToolHost } from '../imaging/tools.ts';
import { findingLines } from './finding-text.ts';
import type { MeasurementStore } from './measurement-store.ts';

/** The tools as the page knows them: which is chosen, and what was measured. */
export interface PageTools extends ToolHost {
  readonly marks: MeasurementStore;
  readonly tool: Signal<Tool>;
  readonly middleTool: Signal<DragTool>;
}

/** `touch`: the main pointer is a finger; dragging scrolls, as on every phone. */
export function createPageTools(marks: MeasurementStore, touch: boolean): PageTools {
  return {
    marks,
    tool: signal<Tool>(touch ? 'scroll' : 'window'),
    middleTool: signal<DragTool>('pan'),
    lines: (measurement, frame, picture) => findingLines(evaluate(measurement, frame, picture)),
  };
}
