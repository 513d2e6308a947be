import { useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from '../../api/failure.ts';
import { checkRules, type EditedDocument, type RuleFault, type RulesInForce, type WrittenRule } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { tabStorage } from '../../app/tab-storage.ts';
import { keepDraft, keptDraft } from './kept-draft.ts';

/** A pause in typing after which a text is looked at. */
const PAUSE_MS = 500;

interface Kept {
  readonly document: string;
  /** Undefined while the text is faulty. */
  readonly rules: readonly WrittenRule[] | undefined;
  readonly problems: readonly RuleFault[];
}

/** Rules that are being worked on, beside those in force. */
export interface Draft extends Kept {
  readonly changed: boolean;
  /** The text was typed, and the server has not looked at it yet. */
  readonly checking: boolean;
  /** Why it could not be looked at. */
  readonly failure: unknown;
  type(document: string): void;
  take(edited: EditedDocument): void;
  discard(): void;
}

/** A draft that follows the rules in force as long as nothing is changed in it. It outlives the page, and ends with the tab. */
export function useDraft(inForce: RulesInForce): Draft {
  const { client, session } = useApp();
  const user = session.session.value?.user.id ?? '';
  const [kept, setKept] = useState<Kept>(() => inForceKept(inForce));
  const [checking, setChecking] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const before = useRef(inForce.document);
  const pending = useRef<AbortController>(undefined);
  useEffect(() => {
    setKept((now) => (now.document === before.current || now.document === inForce.document ? inForceKept(inForce) : now));
    before.current = inForce.document;
  }, [inForce]);
  const changed = kept.document !== inForce.document;
  useEffect(() => () => pending.current?.abort(), []);
  const settle = (next: Kept) => {
    pending.current?.abort();
    setChecking(false);
    setFailure(undefined);
    setKept(next);
  };
  const type = (document: string) => {
    settle({ document, rules: kept.rules, problems: [] });
    setChecking(true);
    const request = new AbortController();
    pending.current = request;
    pause(request.signal)
      .then(() => checkRules(client, document, request.signal))
      .then(
        ({ ok, rules, problems }) => settle({ document, rules: ok ? rules : undefined, problems }),
        (error: unknown) => {
          if (!isAbort(error) && !request.signal.aborted) {
            setChecking(false);
            setFailure(error);
          }
        },
      );
  };
  const isFirst = useRef(true);
  useEffect(() => {
    const earlier = isFirst.current ? keptDraft(tabStorage(), user) : undefined;
    isFirst.current = false;
    if (earlier !== undefined && earlier !== inForce.document) {
      type(earlier);
    } else {
      keepDraft(tabStorage(), user, changed ? kept.document : undefined);
    }
  }, [user, changed, kept.document]);
  return {
    ...kept,
    changed,
    checking,
    failure,
    type,
    take: ({ document, ok, rules, problems }) => settle({ document, rules: ok ? rules : undefined, problems }),
    discard: () => settle(inForceKept(inForce)),
  };
}

function inForceKept({ document, rules }: RulesInForce): Kept {
  return { document, rules, problems: [] };
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
