import type { Product } from '../../support/product.ts';
import { type SmallInstance, sha256 } from '../instances.ts';

/** An upload in pieces as a server tells of it. */
export interface ToldUpload {
  readonly id: string;
  readonly offset: number;
  readonly outcome?: { readonly status: string };
}

async function told(asked: Promise<Response>): Promise<ToldUpload> {
  const response = await asked;
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`an upload in pieces: ${response.status} ${text}`);
  }
  return JSON.parse(text) as ToldUpload;
}

/** Begins an upload, or goes on with it: the same file is the same upload, whichever server is asked. */
export function beginUpload(server: Product, { sop, file }: SmallInstance): Promise<ToldUpload> {
  return told(
    server.fetch('/api/uploads', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sopInstanceUid: sop, length: file.byteLength, sha256: sha256(file) }),
    }),
  );
}

export function sendPiece(
  server: Product,
  { id, offset }: ToldUpload,
  { file }: SmallInstance,
  length: number,
): Promise<ToldUpload> {
  return told(
    server.fetch(`/api/uploads/${id}`, {
      method: 'PATCH',
      headers: { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: file.slice(offset, offset + length),
    }),
  );
}

export function lookAtUpload(server: Product, id: string): Promise<ToldUpload> {
  return told(server.fetch(`/api/uploads/${id}`));
}
