import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { SERVER_LIMITS } from '../limits.ts';

/** What is answered where no route is reached: in the form of all other refusals. RFC 9457. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  title: 'Expectation failed',
  detail: 'The only expectation this server knows is 100-continue.',
};

export const NO_ADDRESS: Refusal = {
  status: 400,
  title: 'Invalid request',
  detail: 'The address or the Host header of the request is missing or cannot be understood.',
};

export const FAILED: Refusal = {
  status: 500,
  title: 'Internal error',
  detail: 'What was asked for could not be read. The log of the server says why.',
};

const NO_HTTP: Refusal = { status: 400, title: 'Invalid request', detail: 'This is no HTTP/1.1 request that can be understood.' };

/** What the parser of Node.js gives up on, by the code of its error. */
const UNREADABLE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Headers too long',
    detail: `The address and the headers of a request have at most ${SERVER_LIMITS.headerBytes} bytes together.`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, title: 'Too much', detail: 'The extensions of a chunk are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: 'Too slow', detail: 'The request did not arrive in time. Send it again.' },
};

function partsOf({ status, title, detail }: Refusal): { readonly headers: Record<string, string>; readonly body: string } {
  const body = JSON.stringify({ title, status, detail });
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
  };
  return { headers, body };
}

/** Answers with a refusal, and the connection ends with it. */
export function refuse(outgoing: ServerResponse, refusal: Refusal): void {
  const { headers, body } = partsOf(refusal);
  outgoing.writeHead(refusal.status, headers).end(body);
}

export function refusalResponse(refusal: Refusal): Response {
  const { headers, body } = partsOf(refusal);
  return new Response(body, { status: refusal.status, headers });
}

/**
 * Ends a connection on which no request can be read any more: in words where nothing of an answer has gone out, and where the
 * words can only be meant for what was sent last.
 * @param underWay what the connection is waiting for
 */
export function refuseUnreadable(error: Error, socket: Socket, underWay: ServerResponse | undefined): void {
  if (socket.writableEnded) {
    // It was told already, and ends when it has heard.
    return;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const refusal = UNREADABLE[code] ?? (code.startsWith('HPE_') ? NO_HTTP : undefined);
  const answering = underWay !== undefined && (underWay.headersSent || underWay.req.complete);
  if (refusal === undefined || answering || !socket.writable) {
    socket.destroy();
    return;
  }
  const { headers, body } = partsOf(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n`;
  socket.end(head + body, () => socket.destroy());
}
