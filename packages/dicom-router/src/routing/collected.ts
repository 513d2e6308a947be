import { DocumentFault } from './document-node.ts';
import type { Place, RuleProblem, RuleReference } from './rule.ts';

/** What is wrong with a document, and what it refers to: one fault does not hide the others. */
export class Collected {
  readonly problems: RuleProblem[] = [];
  readonly references: RuleReference[] = [];

  /** Undefined after a fault, which is noted. */
  attempt<T>(rule: string | undefined, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof DocumentFault)) {
        throw error;
      }
      const { line, column, message } = error;
      this.problems.push({ line, column, message, ...(rule === undefined || rule === '' ? {} : { rule }) });
      return undefined;
    }
  }

  refer(reference: Omit<RuleReference, 'line' | 'column'>, { line, column }: Place): void {
    this.references.push({ ...reference, line, column });
  }
}
