/** Rows in pieces whose headers have at most so many bytes together; a row alone may have more. */
export function* batches<R extends { readonly header_bytes?: number }>(
  rows: readonly R[],
  most: number,
): Generator<readonly R[]> {
  let batch: R[] = [];
  let bytes = 0;
  for (const row of rows) {
    const own = row.header_bytes ?? 0;
    if (batch.length > 0 && bytes + own > most) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += own;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
