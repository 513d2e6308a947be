import { type Ask, AwayError } from './ask.ts';

/** A line of a stream that is longer is no event of ours. */
const LINE_CHARACTERS = 65_536;

/** What is done with what comes. */
export interface Followed {
  /** The stream is open: what happened before is not told. */
  readonly begun: () => void;
  /** An event, by its name, with the text of its data. */
  readonly event: (name: string, data: string) => void;
  /** Something came, a sign of life at least. */
  readonly alive: () => void;
}

/**
 * Reads `/api/events` of an archive until the stream ends. HTML standard 9.2.
 * @throws AwayError when it cannot be had, breaks off, or is silent for longer than `silenceMs`
 */
export async function followEvents(
  ask: Ask,
  { begun, event, alive }: Followed,
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
    begun();
    let rest = '';
    let name = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_CHARACTERS);
      for (const line of lines) {
        const { field, value = '' } = /^(?<field>event|data): ?(?<value>.*?)\r?$/.exec(line)?.groups ?? {};
        name = field === 'event' ? value : name;
        if (field === 'data') {
          event(name, value);
        }
      }
      alive();
    }
  } finally {
    clearTimeout(timer);
  }
}
