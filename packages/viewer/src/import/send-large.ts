import { type Client, pathOf } from '../api/client.ts';
import { number, object, oneOf, or, type Parse, text } from '../api/json.ts';
import type { FileOutcome } from '../upload/send.ts';
import type { OpenedFile } from './contents.ts';
import { sha256Of } from './digest.ts';

/** Longer files go in pieces, each of which stays where it came when the line breaks. */
export const LARGE_BYTES: number = 24 * 1024 * 1024;
const PIECE_BYTES = 8 * 1024 * 1024;

export interface LargeOptions {
  readonly client: Client;
  readonly importId: string | undefined;
  readonly onProgress: (sentBytes: number) => void;
  readonly signal: AbortSignal;
}

interface Upload {
  readonly id: string;
  readonly offset: number;
  readonly outcome: Outcome | undefined;
}

interface Outcome {
  readonly status: 'stored' | 'identical' | 'conflict' | 'refused';
  readonly reason: string;
}

const parseOutcome: Parse<Outcome> = object<Outcome>({
  status: oneOf('stored', 'identical', 'conflict', 'refused'),
  reason: or(text, ''),
});
const parseUpload: Parse<Upload> = object<Upload>({ id: text, offset: number, outcome: or(parseOutcome, undefined) });

/** Sends one large file, or what of it is not there yet. @throws ApiError, the abort of `signal` */
export async function sendLarge({ file, content }: OpenedFile, options: LargeOptions): Promise<FileOutcome> {
  const { client, importId, onProgress, signal } = options;
  const sha256 = await sha256Of(content, signal);
  const wanted = {
    sopInstanceUid: file.sopInstanceUid,
    length: content.size,
    sha256,
    ...(importId === undefined ? {} : { importId }),
  };
  let upload = await client.exchange('/api/uploads', { method: 'POST', body: wanted, signal }, parseUpload);
  while (upload.outcome === undefined) {
    onProgress(upload.offset);
    const piece = content.slice(upload.offset, upload.offset + PIECE_BYTES);
    upload = await client.exchange(
      pathOf('api', 'uploads', upload.id),
      {
        method: 'PATCH',
        blob: piece,
        headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(upload.offset) },
        signal,
        patienceMs: 300_000,
      },
      parseUpload,
    );
  }
  onProgress(content.size);
  return outcomeOf(upload.outcome);
}

/** As a STOW answer would say it: PS3.18 table I.2-2. */
const REASONS: Readonly<Record<string, number>> = { full: 0xa700, away: 0xa700, forbidden: 0x0124, broken: 0xc000 };

function outcomeOf({ status, reason }: Outcome): FileOutcome {
  switch (status) {
    case 'stored':
    case 'identical':
      return { status: 'stored', reason: 0 };
    case 'conflict':
      return { status: 'conflict', reason: 0 };
    case 'refused':
      return { status: 'failed', reason: REASONS[reason] ?? 0xc000 };
  }
}
