import { parseContentType } from '@filmless/dicom';
import { faultOf, ImagingError } from './errors.ts';

/** A frame as it is stored. */
export interface StoredFrame {
  readonly bytes: Uint8Array;
  readonly transferSyntaxUid: string;
}

const ACCEPT = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

/** What octets without a named transfer syntax are. PS3.18 8.7.3.5.2. */
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/**
 * Fetches one frame in its stored transfer syntax. PS3.18 10.4.
 * @throws ImagingError
 */
export async function fetchFrame(url: string, signal?: AbortSignal): Promise<StoredFrame> {
  let response: Response;
  let body: Uint8Array;
  try {
    response = await fetch(url, { headers: { Accept: ACCEPT }, credentials: 'same-origin', ...(signal && { signal }) });
    body = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new ImagingError('unreachable', `no answer for ${url}`, { cause: error });
  }
  if (!response.ok) {
    throw new ImagingError(faultOf(response.status), `${url} answered ${response.status}`);
  }
  return singleFrame(response.headers.get('Content-Type') ?? '', body);
}

/**
 * The first part of a multipart body, or the body itself where the server sent it bare.
 * @throws ImagingError `server` when the body is not what its type says
 */
export function singleFrame(contentType: string, body: Uint8Array): StoredFrame {
  const outer = parseContentType(contentType);
  if (!outer.type.startsWith('multipart/')) {
    return { bytes: body, transferSyntaxUid: outer.parameters['transfer-syntax'] ?? EXPLICIT_VR_LITTLE_ENDIAN };
  }
  const boundary = ascii(`--${outer.parameters.boundary ?? ''}`);
  const start = indexOf(body, boundary, 0);
  const head = start < 0 ? -1 : indexOf(body, ascii('\r\n\r\n'), start);
  const end = head < 0 ? -1 : lastIndexOf(body, concat(ascii('\r\n'), boundary));
  if (end < head + 4 - 2 || head < 0) {
    throw new ImagingError('server', 'the answer is no multipart body');
  }
  const headers = new TextDecoder('latin1').decode(body.subarray(start + boundary.length, head));
  const partType = /^content-type:(.*)$/im.exec(headers)?.[1]?.trim();
  const inner = partType === undefined ? undefined : parseContentType(partType).parameters['transfer-syntax'];
  return {
    bytes: body.subarray(head + 4, Math.max(end, head + 4)),
    transferSyntaxUid: inner ?? outer.parameters['transfer-syntax'] ?? EXPLICIT_VR_LITTLE_ENDIAN,
  };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function indexOf(body: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = body.indexOf(first, from); at >= 0 && at + wanted.length <= body.length; at = body.indexOf(first, at + 1)) {
    if (matches(body, wanted, at)) {
      return at;
    }
  }
  return -1;
}

/** From the end: the closing boundary, never one that the pixels happen to hold. */
function lastIndexOf(body: Uint8Array, wanted: Uint8Array): number {
  for (let at = body.length - wanted.length; at >= 0; at -= 1) {
    if (matches(body, wanted, at)) {
      return at;
    }
  }
  return -1;
}

function matches(body: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return wanted.every((byte, index) => body[at + index] === byte);
}
