import type { Log } from '@filmless/access';
import { SERVER_LIMITS } from '../limits.ts';

const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Reads on what a refusal left unread, up to a limit: until it is read, the connection can take no further request, and a
 * sender that is still sending would see it break before it sees the answer.
 */
export async function discardUnread(request: Request): Promise<void> {
  if (WITHOUT_BODY.has(request.method) || request.bodyUsed) {
    return;
  }
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > SERVER_LIMITS.discardedBody) {
        return;
      }
    }
  } catch {
    // The sender went away: nothing is left to read.
  }
}

/**
 * The answer, with a body that breaks the connection when it fails half way. An ordinary end would let the receiver take
 * the first half of a study for the whole.
 */
export function breakingOnFailure(response: Response, destroy: () => void, log: Log): Response {
  const { body } = response;
  if (body === null) {
    return response;
  }
  const reader = body.getReader();
  // Whoever receives went away: what the body does then, ending or failing, concerns nobody.
  let cancelled = false;
  const guarded = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (cancelled) {
            return;
          }
          if (done) {
            controller.close();
          } else {
            controller.enqueue(value);
          }
        } catch (error) {
          if (cancelled) {
            return;
          }
          log.error({ error: error instanceof Error ? error.stack : String(error) }, 'an answer broke off');
          destroy();
          controller.close();
        }
      },
      cancel: async (reason) => {
        cancelled = true;
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(guarded, { status: response.status, statusText: response.statusText, headers: response.headers });
}
