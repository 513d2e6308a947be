/** Asks a part for what it has to say, in words. */
type Words = () => readonly string[] | Promise<readonly string[]>;

/** A part that does not answer within this time has a problem. Milliseconds. */
const PATIENCE = 3_000;

export interface NamedSource {
  readonly name: string;
  /** Why nothing can be stored or shown. */
  readonly problems?: Words;
  /** What somebody should look after before it becomes a problem. */
  readonly warnings?: Words;
}

/** Both in whole sentences that say what to do; none of them names a patient. */
export interface Health {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Of all parts; a part that fails or hangs at being asked is a problem itself. */
export async function gatherHealth(sources: readonly NamedSource[]): Promise<Health> {
  const [problems, warnings] = await Promise.all([
    Promise.all(sources.map(({ name, problems: words }) => ask(name, words))),
    Promise.all(sources.map(({ name, warnings: words }) => ask(name, words))),
  ]);
  return { problems: problems.flat(), warnings: warnings.flat() };
}

async function ask(name: string, words: Words | undefined): Promise<readonly string[]> {
  if (words === undefined) {
    return [];
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([`The ${name} does not answer.`]), PATIENCE);
  });
  try {
    return await Promise.race([Promise.resolve().then(words), late]);
  } catch {
    return [`The ${name} cannot say how it is; the log says why.`];
  } finally {
    clearTimeout(timer);
  }
}

/** For a person at a terminal or in a browser. */
export function healthText({ problems, warnings }: Health): string {
  const list = (title: string, words: readonly string[]) => words.map((sentence) => `${title}: ${sentence}`);
  return [problems.length === 0 ? 'ready' : 'not ready', ...list('problem', problems), ...list('warning', warnings), ''].join(
    '\n',
  );
}
