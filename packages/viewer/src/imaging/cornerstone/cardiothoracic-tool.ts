import { CobbAngleTool } from '@cornerstonejs/tools';

/** Two lines, as for an angle of Cobb; what they mean are two widths. */
export class CardiothoracicTool extends CobbAngleTool {
  static override toolName = 'CardiothoracicRatio';

  // NOTE: Cornerstone writes no words where its angle is 0, as it is between two level lines.
  override _calculateCachedStats(...parameters: Parameters<CobbAngleTool['_calculateCachedStats']>): unknown {
    const statistics: unknown = super._calculateCachedStats(...parameters);
    const { data }: { readonly data: { readonly cachedStats: Record<string, { angle?: number | null }> } } = parameters[0];
    for (const one of Object.values(data.cachedStats)) {
      one.angle ||= Number.MIN_VALUE;
    }
    return statistics;
  }
}
