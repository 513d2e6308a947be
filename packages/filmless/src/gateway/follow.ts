import { type Ask, AwayError } from './ask.ts';

/** A line of a stream that is longer is no event of ours. */
const LINE_CHARACTERS = 65_536;

/**
 * Reads `/api/events` of an archive until the stream ends, calling `changed` with the name of each event, and once at the
 * beginning with an empty one: what happened before is not told. HTML standard 9.2.
 * @throws AwayError when it cannot be had, breaks off, or is silent for longer than `silenceMs`
 */
export async function followEvents(
  ask: Ask,
  changed: (event: string) => void,
  silenceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new AwayError('events: nothing came, not even a sign of life')), silenceMs);
  try {
    const response = await ask('/api/events', {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silent.signal]),
    });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new AwayError(`events: answered ${response.status}`);
    }
    changed('');
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_CHARACTERS);
      for (const line of lines) {
        const name = /^event: ?(\w+)\r?$/.exec(line)?.[1];
        if (name !== undefined) {
          changed(name);
        }
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
