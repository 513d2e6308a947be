import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What one project of vitest came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Each failure in a few lines: its file, its name and why, so that the end of a long log says what to look at. */
  readonly failures: readonly string[];
}

/** Lines of a failure's message that are told again at the end. */
const LINES_TOLD = 12;
/** Characters of one such line. */
const LINE_LENGTH = 300;

type Json = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

function shortened(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(0, LINES_TOLD)
    .map((line) => `    ${line.slice(0, LINE_LENGTH)}`)
    .join('\n');
}

/** The failures of one file: its failed tests, or the file itself where it did not load. */
function failuresOf(file: Json, project: string, root: string): readonly string[] {
  const name = relative(root, String(file.name));
  const failed = listOf(file.assertionResults).filter((test) => test.status === 'failed');
  if (failed.length === 0) {
    return file.status === 'failed' ? [`FAILED ${project} ${name}\n${shortened(String(file.message))}`] : [];
  }
  return failed.map((test) => {
    const messages = Array.isArray(test.failureMessages) ? test.failureMessages.map(String) : [];
    return `FAILED ${project} ${name} > ${String(test.fullName)}\n${shortened(messages.join('\n'))}`;
  });
}

/** Vitest's own count, read from its JSON report; a run that left no report counts as one failure. */
export function tallyOf(report: string, project: string, root: string, code: number | null): Tally {
  let result: Json;
  try {
    result = JSON.parse(readFileSync(report, 'utf8')) as Json;
  } catch {
    return { passed: 0, failed: 1, failures: [`FAILED ${project}: vitest ended with ${code} and left no report`] };
  }
  const passed = Number(result.numPassedTests ?? 0);
  const failed = Number(result.numFailedTests ?? 0);
  const failures = listOf(result.testResults).flatMap((file) => failuresOf(file, project, root));
  if (failed > 0 || code === 0) {
    return { passed, failed, failures };
  }
  // An error outside any test (a file that does not load, a worker that died) fails the run without failing a test.
  const outside = `FAILED ${project}: vitest ended with ${code} though no test failed; its "Unhandled Errors" above say why`;
  return { passed, failed: 1, failures: failures.length > 0 ? failures : [outside] };
}
