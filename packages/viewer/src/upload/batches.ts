import type { Collected } from './collect.ts';

export type DicomFile = Extract<Collected, { readonly kind: 'dicom' }>;

interface BatchLimits {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** Small enough that a lost line costs little, large enough that a CT series is not a thousand requests. */
const BATCH_LIMITS: BatchLimits = { maxFiles: 60, maxBytes: 24 * 1024 * 1024 };

/** Groups files into requests; a file larger than the limit goes alone. What is not sent is told to `onSkipped`. */
export async function* batches(
  files: AsyncIterable<Collected>,
  onFound: (file: Collected) => void,
  limits: BatchLimits = BATCH_LIMITS,
): AsyncGenerator<readonly DicomFile[]> {
  let batch: DicomFile[] = [];
  let bytes = 0;
  for await (const file of files) {
    onFound(file);
    if (file.kind === 'skipped') {
      continue;
    }
    if (batch.length > 0 && (batch.length >= limits.maxFiles || bytes + file.content.size > limits.maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.content.size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
