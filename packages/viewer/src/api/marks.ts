import { type Client, pathOf } from './client.ts';
import { anything, asRecord, flag, list, number, object, oneOf, or, type Parse, text, UnreadableAnswer } from './json.ts';

export type MarkPlace =
  | { readonly kind: 'image'; readonly seriesInstanceUid: string; readonly sopInstanceUid: string; readonly frame: number }
  | { readonly kind: 'patient'; readonly seriesInstanceUid: string; readonly frameOfReferenceUid: string };

export interface MarkPerson {
  readonly id: string;
  readonly name: string;
}

/** One measurement or annotation: the server's own form, and that in which it waits here. */
export interface Mark {
  readonly id: string;
  readonly schema: 1;
  readonly place: MarkPlace;
  readonly tool: string;
  readonly points: readonly (readonly number[])[];
  readonly text: string;
  readonly author: MarkPerson;
  readonly created: string;
  readonly modified: string;
  readonly modifiedBy: MarkPerson;
  readonly revision: number;
  readonly deleted: boolean;
}

interface MarkPage {
  readonly marks: readonly Mark[];
  readonly next: number;
  readonly more: boolean;
  readonly mayWrite: boolean;
}

const parsePlace: Parse<MarkPlace> = (value, path) => {
  const kind = oneOf('image', 'patient')(asRecord(value, path).kind, `${path}.kind`);
  return kind === 'image'
    ? object<Extract<MarkPlace, { readonly kind: 'image' }>>({
        kind: oneOf('image'),
        seriesInstanceUid: text,
        sopInstanceUid: text,
        frame: number,
      })(value, path)
    : object<Extract<MarkPlace, { readonly kind: 'patient' }>>({
        kind: oneOf('patient'),
        seriesInstanceUid: text,
        frameOfReferenceUid: text,
      })(value, path);
};

const parseSchema: Parse<1> = (value, path) => {
  if (value !== 1) {
    throw new UnreadableAnswer(`${path}: a mark of another version`);
  }
  return 1;
};

const parsePerson: Parse<MarkPerson> = object<MarkPerson>({ id: text, name: or(text, '') });

export const parseMark: Parse<Mark> = object<Mark>({
  id: text,
  schema: parseSchema,
  place: parsePlace,
  tool: text,
  points: list(list(number)),
  text: or(text, ''),
  author: parsePerson,
  created: text,
  modified: text,
  modifiedBy: parsePerson,
  revision: number,
  deleted: flag,
});

/** Marks that a newer server has in a form of its own are left out: they stay there. */
const parseMarks: Parse<readonly Mark[]> = (value, path) =>
  list(anything)(value, path).flatMap((entry) => {
    try {
      return [parseMark(entry, path)];
    } catch {
      return [];
    }
  });

const parsePage: Parse<MarkPage> = object<MarkPage>({ marks: parseMarks, next: number, more: flag, mayWrite: flag });
const parseMerged = object<{ readonly marks: readonly Mark[] }>({ marks: parseMarks });

export function readMarks(client: Client, study: string, since: number, signal?: AbortSignal): Promise<MarkPage> {
  return client.get(`${pathOf('api', 'studies', study, 'marks')}?since=${since}`, parsePage, signal);
}

/** Gives the states that count, once they are durably kept. */
export async function sendMarks(client: Client, study: string, marks: readonly Mark[]): Promise<readonly Mark[]> {
  const sent = marks.map(({ author: _author, modifiedBy: _by, ...mark }) => mark);
  const call = { method: 'PUT', body: { marks: sent } } as const;
  return (await client.exchange(pathOf('api', 'studies', study, 'marks'), call, parseMerged)).marks;
}
