import { ApiError, type Client } from '../api/client.ts';
import type { Mark } from '../api/marks.ts';
import { createMarkKeeper, type MarkKeeper } from './mark-keeper.ts';
import { mergeMarks } from './merge-marks.ts';
import { createMemoryOutbox, type Outbox } from './outbox.ts';

/** For tests: a server that keeps marks as ours does, and fails when told. */
export class ScriptedServer {
  /** Of each study all states, in their order. */
  readonly #logs = new Map<string, readonly Mark[]>();
  /** What every request ends in, while it is set. */
  failure: Error | undefined;
  mayWrite = true;
  /** Marks that are not taken. */
  readonly refused: Set<string> = new Set();
  /** Requests that changed something. */
  puts = 0;

  static mark(id: string): Mark {
    const person = { id: 'an', name: 'BS an' };
    const at = '2026-03-01T08:00:00.000Z';
    return {
      id,
      schema: 1,
      place: { kind: 'image', seriesInstanceUid: '1.2.1', sopInstanceUid: '1.2.1.1', frame: 1 },
      tool: 'length',
      points: [
        [1, 2],
        [3, 4],
      ],
      text: '',
      author: person,
      created: at,
      modified: at,
      modifiedBy: person,
      revision: 1,
      deleted: false,
    };
  }

  /** Of a browser with an outbox, in which somebody is signed in. */
  keeper(user: string | (() => string), outbox: Outbox = createMemoryOutbox()): MarkKeeper {
    const person = (): Mark['author'] => {
      const id = typeof user === 'string' ? user : user();
      return { id, name: `BS ${id}` };
    };
    return createMarkKeeper({ client: this.#client(person), outbox, person, now: Date.now });
  }

  idsOf(study: string): readonly string[] {
    return this.of(study).map(({ id }) => id);
  }

  of(study: string): readonly Mark[] {
    return [...new Map((this.#logs.get(study) ?? []).map((mark) => [mark.id, mark])).values()];
  }

  #client(person: () => Mark['author']): Client {
    const studyOf = (path: string): string => /studies\/([^/]+)\/marks/.exec(path)?.[1] ?? '';
    const answer = async <T>(make: () => T): Promise<T> => {
      await Promise.resolve();
      if (this.failure !== undefined) {
        throw this.failure;
      }
      return make();
    };
    return {
      get: (path, parse) =>
        answer(() => {
          const since = Number(/since=(\d+)/.exec(path)?.[1]);
          const all = this.#logs.get(studyOf(path)) ?? [];
          return parse({ marks: all.slice(since), next: all.length, more: false, mayWrite: this.mayWrite }, path);
        }),
      send: () => Promise.reject(new Error('not asked for')),
      exchange: (path, call, parse) =>
        answer(() => {
          this.puts += 1;
          const { marks } = call.body as { readonly marks: readonly Mark[] };
          if (marks.some(({ id }) => this.refused.has(id))) {
            throw new ApiError(400, 'not a mark');
          }
          const by = person();
          return parse({ marks: marks.map((mark) => this.#merge(studyOf(path), { ...mark, author: by, modifiedBy: by })) }, path);
        }),
    };
  }

  #merge(study: string, mark: Mark): Mark {
    const known = this.of(study).find(({ id }) => id === mark.id);
    const after = known === undefined ? mark : mergeMarks(known, { ...mark, author: known.author });
    if (after !== known) {
      this.#logs.set(study, [...(this.#logs.get(study) ?? []), after]);
    }
    return after;
  }
}
