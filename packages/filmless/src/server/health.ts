/** Asks a part for its problems, in words. */
type ProblemSource = () => readonly string[] | Promise<readonly string[]>;

/** A part that does not answer within this time has a problem. Milliseconds. */
const PATIENCE = 3_000;

export interface NamedSource {
  readonly name: string;
  readonly problems: ProblemSource;
}

/** Problems of all parts; a part that fails or hangs at being asked is a problem itself. */
export async function gatherProblems(sources: readonly NamedSource[]): Promise<readonly string[]> {
  const found = await Promise.all(sources.map(ask));
  return found.flat();
}

async function ask({ name, problems }: NamedSource): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([`The ${name} does not answer.`]), PATIENCE);
  });
  try {
    return await Promise.race([Promise.resolve().then(problems), late]);
  } catch {
    return [`The ${name} cannot say how it is; the log says why.`];
  } finally {
    clearTimeout(timer);
  }
}
