import { ArchiveError } from '../../core/errors.ts';

/** A request's body as text, never more of it in memory than allowed. @throws ArchiveError `limit-exceeded` */
export async function boundedText(request: Request, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.byteLength;
    if (length > maxBytes) {
      throw new ArchiveError('limit-exceeded', `the body has more than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
