import { object, oneOf, type Parse, text } from './json.ts';

export interface StudyEvent {
  readonly studyInstanceUid: string;
  readonly change: 'new' | 'updated' | 'shared' | 'deleted' | 'marks';
}

export interface EventListener {
  readonly onStudy: (event: StudyEvent) => void;
  /** An order was made, changed, cancelled, or a machine reported on it. */
  readonly onOrder: () => void;
  /** True while changes arrive by themselves. After a gap whatever is shown has to be fetched again. */
  readonly onLive: (live: boolean) => void;
  /** The stream was refused: the session may be over. */
  readonly onRefused: () => void;
}

const parseEvent: Parse<StudyEvent> = object<StudyEvent>({
  studyInstanceUid: text,
  change: oneOf('new', 'updated', 'shared', 'deleted', 'marks'),
});

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/** Listens to `/api/events` until the returned function is called; a lost stream is opened again, ever more slowly. */
export function listen(listener: EventListener, open: (url: string) => EventSource = (url) => new EventSource(url)): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  const connect = () => {
    const stream = open('/api/events');
    source = stream;
    stream.onopen = () => {
      wait = FIRST_WAIT_MS;
      listener.onLive(true);
    };
    stream.addEventListener('study', (event) => heard(listener, event));
    stream.addEventListener('order', () => listener.onOrder());
    stream.onerror = () => {
      listener.onLive(false);
      // CLOSED: the browser gives up after an answer that is not a stream; CONNECTING: it tries again by itself.
      if (stream.readyState === 2) {
        listener.onRefused();
        timer = setTimeout(connect, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      }
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function heard(listener: EventListener, event: MessageEvent<unknown>): void {
  try {
    listener.onStudy(parseEvent(JSON.parse(String(event.data)), 'event'));
  } catch {
    // An event of a newer server is not ours to judge; the next refresh shows what it was about.
  }
}
