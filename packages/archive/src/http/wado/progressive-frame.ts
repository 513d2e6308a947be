import type { ByteRange } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { LaidOutInstance } from '../../core/model.ts';
import type { RangedBody } from '../byte-range.ts';
import type { HttpContext } from '../context.ts';

/**
 * A frame of the progressive form that was made when there was time; undefined where there is none. `make` makes it now, should the
 * form be gone by the time it is read.
 */
export async function progressiveFrame(
  context: HttpContext,
  instance: LaidOutInstance,
  index: number,
  make: () => Promise<Uint8Array>,
): Promise<RangedBody | undefined> {
  const form = await context.core.progressive(instance);
  const length = form?.lengths[index];
  if (form === undefined || length === undefined || form.lengths.length !== instance.frames.count) {
    return undefined;
  }
  const begin = form.lengths.slice(0, index).reduce((sum, one) => sum + one, 0);
  const read = async (part: ByteRange = { offset: 0, length }) => {
    try {
      return await context.core.readProgressive(form, { offset: begin + part.offset, length: part.length });
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== 'not-found') {
        throw error;
      }
      return (await make()).subarray(part.offset, part.offset + part.length);
    }
  };
  return { length, read };
}
