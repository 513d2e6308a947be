import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { RuleVersion } from '../records/rules.ts';
import { db } from '../records/tables.ts';
import { checkReferences, type KnownNames } from '../routing/check-references.ts';
import { type PreparedRules, prepareRules } from '../routing/decide.ts';
import { type ConfiguredRules, parseRules } from '../routing/parse-rules.ts';
import type { Rule, RuleProblem } from '../routing/rule.ts';
import { type LocalMinutes, systemMinutes } from '../routing/time-window.ts';

export interface RuleBookOptions {
  readonly database: RouterDatabase;
  readonly limits: RouterLimits;
  /** What is set up besides; asked whenever a document is looked at. */
  readonly known: () => KnownNames;
  readonly now: () => number;
  readonly local?: LocalMinutes;
}

/** A document as it is understood: its rules, or all that is wrong with it. */
export type ReadRules = { readonly rules: readonly Rule[] } | { readonly problems: readonly RuleProblem[] };

/** What is in force: the document as it was given, and what it means. Replaced as a whole. */
export interface RulesInForce extends RuleVersion {
  readonly rules: readonly Rule[];
  readonly prepared: PreparedRules;
}

const NO_RULES = '';

/** The routing rules: each accepted document in the database, the one in force whole in memory, for every instance asks. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  #inForce: RulesInForce;

  private constructor(options: RuleBookOptions, inForce: RulesInForce) {
    this.#options = options;
    this.#inForce = inForce;
  }

  /**
   * `configured` is a document that is taken only when none was ever in force.
   * @throws FaultyRules
   */
  static async open(options: RuleBookOptions, configured: ConfiguredRules | undefined): Promise<RuleBook> {
    const { database, now } = options;
    const none: RulesInForce = { version: 0, document: NO_RULES, at: 0, by: '', rules: [], prepared: prepare(options, []) };
    const book = new RuleBook(options, none);
    const newest = await book.#newest();
    if (newest !== undefined) {
      book.#inForce = { ...newest, ...book.#kept(newest) };
    } else if (configured !== undefined) {
      const { document, linesAbove } = configured;
      const rules = book.accept(document, linesAbove);
      await database.write('seedRules', { document, at: now(), by: 'filmless.yaml' });
      const seeded = await book.#newest();
      book.#inForce = { ...none, ...seeded, rules, prepared: prepare(options, rules) };
    }
    return book;
  }

  get inForce(): RulesInForce {
    return this.#inForce;
  }

  /** Names of the rules in force that send to a destination, also of those that are switched off. */
  rulesFor(destination: string): readonly string[] {
    return this.#inForce.rules
      .filter(({ actions }) => actions.sends.some(({ to }) => to === destination))
      .map(({ name }) => name);
  }

  /** Name of a rule in force that de-identifies by a profile. */
  ruleWith(profile: string): string | undefined {
    return this.#inForce.rules.find(({ actions }) => actions.deidentify === profile)?.name;
  }

  /** Looks at a document without putting it in force. */
  read(document: string): ReadRules {
    const parsed = parseRules(document, this.#options.limits);
    if (parsed.rules === undefined) {
      return { problems: parsed.problems };
    }
    const problems = checkReferences(parsed.references, this.#options.known());
    return problems.length > 0 ? { problems: problems.slice(0, this.#options.limits.ruleProblems) } : { rules: parsed.rules };
  }

  /** @throws FaultyRules */
  accept(document: string, linesAbove = 0): readonly Rule[] {
    const read = this.read(document);
    if ('rules' in read) {
      return read.rules;
    }
    throw new FaultyRules(read.problems.map((problem) => ({ ...problem, line: problem.line + linesAbove })));
  }

  /** The rules of a document, ready to be asked, without being in force. */
  prepare(rules: readonly Rule[]): PreparedRules {
    return prepare(this.#options, rules);
  }

  /**
   * Puts a document in force for what arrives from then on; the rules before stay in force when it is refused.
   * @param expected the version it is made from; a document that came in between is not overwritten
   * @throws FaultyRules, RouterError `changed`
   */
  async put(document: string, by: string, expected?: number): Promise<RulesInForce> {
    const rules = this.accept(document);
    const prepared = this.prepare(rules);
    const { database, limits, now } = this.#options;
    const at = now();
    const asked = expected === undefined ? {} : { expected };
    const version = await database.write('putRules', { document, at, by, keep: limits.ruleVersions, ...asked });
    if (version === undefined) {
      throw new RouterError('changed', 'somebody has changed the rules meanwhile: look at them again, and make the change anew');
    }
    const changed = { version, document, at, by, rules, prepared };
    // Two changes at a time are committed in their order, and may be told of in another.
    if (version > this.#inForce.version) {
      this.#inForce = changed;
    }
    return changed;
  }

  /** Versions that are still kept, the newest first. */
  async versions(limit: number, before?: number): Promise<readonly RuleVersion[]> {
    const all = db.selectFrom('rule_version').selectAll().orderBy('version', 'desc').limit(limit);
    return await this.#options.database.read(before === undefined ? all : all.where('version', '<', before));
  }

  async #newest(): Promise<RuleVersion | undefined> {
    const [newest] = await this.versions(1);
    return newest;
  }

  /** What was accepted once stays in force, though what it names may be gone: sends to what is gone are left out, and told of. */
  #kept({ document, version }: RuleVersion): Pick<RulesInForce, 'rules' | 'prepared'> {
    const parsed = parseRules(document, this.#options.limits);
    if (parsed.rules === undefined) {
      const [first] = parsed.problems;
      throw new RouterError(
        'invalid-request',
        `version ${version} of the routing rules cannot be read: ${first === undefined ? '' : problemText(first)}`,
      );
    }
    return { rules: parsed.rules, prepared: prepare(this.#options, parsed.rules) };
  }
}

function prepare({ local = systemMinutes }: RuleBookOptions, rules: readonly Rule[]): PreparedRules {
  return prepareRules(rules, local);
}

/** A document that is not taken; the message has the first fault with its line. */
export class FaultyRules extends RouterError {
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    super('invalid-request', `rules: ${first === undefined ? 'faulty' : problemText(first)}${more}`);
    this.problems = problems;
  }
}

/** `line 3, column 7, rule "CT": …` */
function problemText({ line, column, rule, message }: RuleProblem): string {
  return `line ${line}, column ${column}${rule === undefined || rule === '' ? '' : `, rule "${rule}"`}: ${message}`;
}
