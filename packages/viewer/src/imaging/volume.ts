import { createCoarser } from './model/coarser.ts';
import type { Vector3 } from './model/geometry.ts';
import type { ImageFrame } from './model/image-frame.ts';
import type { Picture } from './model/pixels.ts';
import type { VolumeGeometry } from './model/volume-geometry.ts';
import { isReduced, type VolumePlan } from './model/volume-plan.ts';

type Values = Picture['values'];

/** A volume in rescaled values, slice by slice: at full resolution the very arrays of the pictures, not copies. */
export interface Volume {
  readonly geometry: VolumeGeometry;
  readonly plan: VolumePlan;
  readonly slices: readonly Values[];
  readonly low: number;
  readonly high: number;
}

export interface VolumeSource {
  readonly geometry: VolumeGeometry;
  readonly plan: VolumePlan;
  /** From the store of frames: what is there already is not fetched again. */
  readonly load: (frame: ImageFrame) => Promise<Picture>;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Frames asked for at one time. */
const AT_ONCE = 4;

/**
 * Loads every slice of a volume.
 * @throws ImagingError of the first frame that does not come; the signal's reason when it was given up
 */
export async function loadVolume({ geometry, plan, load, onProgress, signal }: VolumeSource): Promise<Volume> {
  const { frames } = geometry;
  const across = plan.factors[2];
  const slices: Values[] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let done = 0;
  // A reduced slice is made of neighbours: they are loaded together, and let go together.
  const groups = Array.from({ length: plan.dimensions[2] }, (_, at) => frames.slice(at * across, (at + 1) * across));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < groups.length; at = next++) {
      const pictures: Picture[] = [];
      for (const frame of groups[at] ?? []) {
        signal.throwIfAborted();
        const picture = await load(frame);
        pictures.push(picture);
        low = Math.min(low, picture.low);
        high = Math.max(high, picture.high);
        done += 1;
        onProgress(done);
      }
      signal.throwIfAborted();
      slices[at] = isReduced(plan) ? coarse(pictures, plan.factors) : (pictures[0]?.values ?? new Int16Array());
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, groups.length) }, work));
  return { geometry, plan, slices, low, high };
}

function coarse(pictures: readonly Picture[], factors: Vector3): Values {
  const [first] = pictures;
  const kinds = new Set(pictures.map(({ values }) => kindOf(values)));
  const [kind = 'Float32Array'] = kinds;
  const mean = createCoarser(first?.columns ?? 0, first?.rows ?? 0, factors, kinds.size === 1 ? kind : 'Float32Array');
  for (const { values } of pictures) {
    mean.add(values);
  }
  return mean.take();
}

/** Bytes are widened: their volumes are small. */
function kindOf(values: Values): 'Int16Array' | 'Uint16Array' | 'Float32Array' {
  return values instanceof Float32Array ? 'Float32Array' : values instanceof Int16Array ? 'Int16Array' : 'Uint16Array';
}
