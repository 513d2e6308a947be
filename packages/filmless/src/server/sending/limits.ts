import type { SendLimits } from '@filmless/dicom';

/** Limits of answers that go out, each with its reason. */
export const SEND_LIMITS: SendLimits = {
  /** Gathered for one write to a connection: a 512x512 image with all that stands around it. */
  buffer: 1_048_576,
  /** Of these in use, two to an answer; further answers go out from small ones. */
  buffersOut: 16,
  /** Of these kept when nothing is sent. */
  buffersKept: 4,
  /** What an answer gets in place of a large one: a thousand slow receivers may take their time. */
  smallBuffer: 65_536,
};
