// needs: dcmtk, orthanc
import { describe, expect, it } from 'vitest';
import { forwardUnderFaults } from '../faults/forward/forwarding.ts';
import type { ReceiverKind } from '../faults/forward/receivers.ts';

const FAULTS = Number(process.env.FILMLESS_FORWARD_FAULTS ?? 2);
const SEED = process.env.FILMLESS_SEED ?? 'forward';

describe('images on their way to', () => {
  it.each<[string, ReceiverKind]>([
    ['Orthanc by STOW-RS', 'orthanc-stow'],
    ['Orthanc by C-STORE', 'orthanc-dimse'],
    ["DCMTK's storescp", 'storescp'],
  ])('%s all arrive, each once, through kills of both and a line that is cut', async (_, receiver) => {
    const instances = Math.min(300, 10 * FAULTS);
    const { problems, ...figures } = await forwardUnderFaults({ receiver, seed: SEED, faults: FAULTS, instances, large: 0 });
    console.info(JSON.stringify(figures));
    expect(problems).toEqual([]);
    expect(figures).toMatchObject({ sent: instances, arrived: instances });
  });
});
