import { type AppEnv, scopeOf } from '@filmless/access';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { OrderChange, StudyChange } from '../../core/model.ts';
import type { HttpContext, RequestContext } from '../context.ts';

const HEARTBEAT_MS = 15_000;
/** The stream ends then at the latest, and the client asks again. */
const MAX_STREAM_MS = 10 * 60_000;
const RECONNECT_MS = 2_000;
/** Events a client may lag behind. One that reads no more is let go; it asks again and reads the list anew. */
const MAX_WAITING = 1_000;

/** Changes as server-sent events, in the caller's scope. HTML standard 9.2. */
export function addEventRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const route = createRoute({
    method: 'get',
    path: '/api/events',
    tags: ['studies'],
    summary: 'Changes of studies and orders as server-sent events',
    description:
      'event: study, data: {"studyInstanceUid", "change": "new" | "updated" | "shared" | "marks"}; ' +
      'event: order, data: {"accessionNumber", "facility", "change": "new" | "updated"}; a comment every 15 s',
    middleware: context.access.guard('view'),
    responses: { 200: { description: 'A stream that does not end', content: { 'text/event-stream': { schema: z.string() } } } },
  });
  app.openapi(route, (c) => answerEvents(c, context));
}

function answerEvents(c: RequestContext, context: HttpContext): Response {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(eventStream(c, context), 200, headers);
}

function eventStream(c: RequestContext, context: HttpContext): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string): void => {
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) < -MAX_WAITING) {
            stop();
            controller.close();
          }
        };
        const subscription = context.core.subscribe(scopeOf(c.get('subject')), (change) => {
          // Event reports go over connections of their own.
          if (!('workitemUid' in change)) {
            send(eventOf(change));
          }
        });
        const heartbeat = setInterval(() => send(': \n\n'), HEARTBEAT_MS);
        const close = () => {
          stop();
          controller.close();
        };
        const end = setTimeout(close, MAX_STREAM_MS);
        const held = context.access.whileHeld(c, close);
        stop = () => {
          held[Symbol.dispose]();
          subscription[Symbol.dispose]();
          clearInterval(heartbeat);
          clearTimeout(end);
        };
        send(`retry: ${RECONNECT_MS}\n\n`);
      },
      cancel: () => stop(),
    },
    { highWaterMark: 0 },
  );
}

function eventOf(change: StudyChange | OrderChange): string {
  const name = 'accessionNumber' in change ? 'order' : 'study';
  return `event: ${name}\ndata: ${JSON.stringify(change)}\n\n`;
}
