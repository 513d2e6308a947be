/**
 * A body in memory as text, never more of it than `most` bytes.
 * @throws what `tooLong` gives, where it has more; what the body fails with
 */
export async function boundedText({ body }: Pick<Request, 'body'>, most: number, tooLong: () => Error): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > most) {
      throw tooLong();
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes).toString('utf8');
}
