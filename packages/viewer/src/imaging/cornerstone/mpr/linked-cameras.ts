import { Enums, type Types } from '@cornerstonejs/core';
import type { Pane } from './mpr-panes.ts';

/** Panes that are zoomed and moved together: what lies at one place of the patient keeps to one place of the panes. */
export interface LinkedCameras extends Disposable {
  /** One scale for all: that at which the largest extent still fits. */
  alignZoom(): void;
  zoom(factor: number): void;
  reset(): void;
}

/** In mm: less is rounding. */
const MOVED = 1e-4;

export function linkCameras(panes: readonly Pane[], onChange: () => void): LinkedCameras {
  let following = false;
  const quietly = (act: () => void): void => {
    following = true;
    act();
    following = false;
  };
  const scaleTo = (parallelScale: number, but?: Pane): void => {
    for (const pane of panes.filter((other) => other !== but)) {
      pane.viewport.setCamera({ parallelScale });
      pane.viewport.render();
    }
  };
  const follow = (pane: Pane, before: Types.ICamera, now: Types.ICamera): void => {
    if (before.parallelScale !== now.parallelScale && now.parallelScale !== undefined) {
      scaleTo(now.parallelScale, pane);
    }
    const way = movedInPlane(before, now);
    if (way !== undefined) {
      for (const other of panes.filter((one) => one !== pane)) {
        moveBeside(other, way);
      }
    }
  };
  const listeners = panes.map((pane) => {
    const moved = (event: Event): void => {
      if (event instanceof CustomEvent && !following) {
        const { previousCamera, camera } = event.detail;
        quietly(() => follow(pane, previousCamera, camera));
      }
      onChange();
    };
    pane.element.addEventListener(Enums.Events.CAMERA_MODIFIED, moved);
    return () => pane.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, moved);
  });
  const alignZoom = (): void =>
    quietly(() => scaleTo(Math.max(...panes.map(({ viewport }) => viewport.getCamera().parallelScale ?? 1))));
  return {
    alignZoom,
    zoom: (factor) => quietly(() => scaleTo((panes[0]?.viewport.getCamera().parallelScale ?? 1) / factor)),
    reset: () => {
      quietly(() => {
        for (const { viewport } of panes) {
          viewport.resetCamera({ suppressEvents: true });
        }
      });
      alignZoom();
    },
    [Symbol.dispose]: () => {
      for (const stop of listeners) {
        stop();
      }
    },
  };
}

type Vector = [number, number, number];

/** How a camera was moved beside itself; undefined when it scrolled, or was turned. */
function movedInPlane(before: Types.ICamera, now: Types.ICamera): Vector | undefined {
  const { focalPoint: from, viewPlaneNormal: oldNormal } = before;
  const { focalPoint: to, viewPlaneNormal: normal } = now;
  if (from === undefined || to === undefined || normal === undefined || oldNormal === undefined) {
    return undefined;
  }
  if (dot(normal, oldNormal) < 1 - 1e-9) {
    return undefined;
  }
  const way = beside([to[0] - from[0], to[1] - from[1], to[2] - from[2]], normal);
  return Math.hypot(...way) > MOVED ? way : undefined;
}

function moveBeside({ viewport }: Pane, way: Vector): void {
  const { focalPoint, position, viewPlaneNormal } = viewport.getCamera();
  if (focalPoint === undefined || position === undefined || viewPlaneNormal === undefined) {
    return;
  }
  const step = beside(way, viewPlaneNormal);
  if (Math.hypot(...step) > MOVED) {
    viewport.setCamera({ focalPoint: sum(focalPoint, step), position: sum(position, step) });
    viewport.render();
  }
}

/** The part of a way that lies in the plane of a normal. */
function beside(way: Types.Point3, normal: Types.Point3): Vector {
  const along = dot(way, normal);
  return [way[0] - along * normal[0], way[1] - along * normal[1], way[2] - along * normal[2]];
}

function sum(a: Types.Point3, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function dot(a: Types.Point3, b: Types.Point3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
