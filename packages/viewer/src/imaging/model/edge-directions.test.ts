import { describe, expect, it } from 'vitest';
import { cameraDirections, lettersOf } from './edge-directions.ts';
import type { Vector3 } from './geometry.ts';

const letters = (up: Vector3, towardsViewer: Vector3) => lettersOf(cameraDirections(up, towardsViewer));

describe('the letters on the edges of a plane', () => {
  it('are those of radiology: axial from the feet, sagittal from the left, coronal from the front', () => {
    expect(letters([0, -1, 0], [0, 0, -1])).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
    expect(letters([0, 0, 1], [1, 0, 0])).toEqual({ top: 'H', right: 'P', bottom: 'F', left: 'A' });
    expect(letters([0, 0, 1], [0, -1, 0])).toEqual({ top: 'H', right: 'L', bottom: 'F', left: 'R' });
  });

  it('name two directions where a plane was turned between them, the nearer first', () => {
    const cos = Math.cos(Math.PI / 6);
    const sin = Math.sin(Math.PI / 6);
    expect(letters([0, -cos, sin], [0, -sin, -cos]).top).toBe('AH');
  });
});
