import { describe, expect, it } from 'vitest';
import { keepDraft, keptDraft } from './kept-draft.ts';

function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { readonly held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > 1000) {
        throw new DOMException('full', 'QuotaExceededError');
      }
      held.set(key, value);
    },
    removeItem: (key) => {
      held.delete(key);
    },
  };
}

describe('a draft of rules', () => {
  it('is there again after the page was left', () => {
    const tab = storage();
    keepDraft(tab, 'an', 'rules: []');
    expect(keptDraft(tab, 'an')).toBe('rules: []');
  });

  it('is forgotten once it is applied or discarded', () => {
    const tab = storage();
    keepDraft(tab, 'an', 'rules: []');
    keepDraft(tab, 'an', undefined);
    expect(keptDraft(tab, 'an')).toBeUndefined();
    expect(tab.held.size).toBe(0);
  });

  it('is not shown to whoever signs in next, and is gone then', () => {
    const tab = storage();
    keepDraft(tab, 'an', 'rules: []');
    expect(keptDraft(tab, 'binh')).toBeUndefined();
    expect(keptDraft(tab, 'an')).toBeUndefined();
  });

  it('that the browser does not keep is not taken for an earlier one', () => {
    const tab = storage();
    keepDraft(tab, 'an', 'rules: []');
    keepDraft(tab, 'an', 'x'.repeat(2000));
    expect(keptDraft(tab, 'an')).toBeUndefined();
    expect(keptDraft(undefined, 'an')).toBeUndefined();
  });

  it.each(['{', '7', '{"user":"an"}', '{"user":"an","document":1}'])('that is not one is passed over: %s', (text) => {
    const tab = storage();
    tab.held.set('filmless.rules-draft', text);
    expect(keptDraft(tab, 'an')).toBeUndefined();
  });
});
