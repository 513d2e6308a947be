import { fold } from '../text/fold.ts';

/** How far a text is looked through for what is known of the patient. */
export type Strictness =
  /** Text that a person wrote. */
  | 'free'
  /** Text of the machine: a short name may be a word like any other there. */
  | 'technical'
  /** Text that an option keeps: only a person's name does not stay in it. */
  | 'kept';

interface Phrase {
  readonly words: readonly string[];
  /** Looked for in technical text, too. */
  readonly everywhere: boolean;
  /** Of a person. */
  readonly name: boolean;
}

/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** More are not to be expected; each costs time with every text. */
const MOST_PHRASES = 5000;

/** Numbers that name somebody without being known: UIDs, dates, e-mail addresses, telephone and other long numbers. */
const SUSPICIOUS =
  /\d+(?:\.\d+){4,}|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\+?\d(?:[ .()-]?\d){5,}/gu;

const UID = /\d+(?:\.\d+){2,}/g;

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordsOf(text: string): readonly Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    text: fold(word),
    start: index,
    end: index + word.length,
  })).filter((word) => word.text !== '');
}

/** What is known of a patient, and takes it out of texts. */
export class KnownTexts {
  readonly #byFirst = new Map<string, Phrase[]>();
  readonly #joined = new Set<string>();
  readonly #uids = new Set<string>();
  /** Looked for anywhere, for no space tells where they begin. */
  readonly #unspaced = new Set<string>();
  #count = 0;

  /** A person's name: each of its words names the person. */
  addName(name: string): void {
    const words = wordsOf(name).map(({ text }) => text);
    const unspaced = [...(name.match(WORD) ?? []), (name.match(WORD) ?? []).join('')];
    for (const word of unspaced.filter((one) => one.length >= 2 && UNSPACED.test(one))) {
      this.#unspaced.add(word);
    }
    this.#add(words, words.join('').length >= 3, true);
    this.#add([words.join('')], words.length > 1 && words.join('').length >= 4, true);
    for (const word of words) {
      if (word.length >= 2 && !/^\d+$/.test(word)) {
        this.#add([word], word.length >= 3, true);
      }
    }
  }

  /** A number or a text that names the patient as a whole: an id, an address, an institution. */
  addWhole(text: string): void {
    const words = wordsOf(text).map(({ text: word }) => word);
    const joined = words.join('');
    if (joined.length < (/\d/.test(joined) ? 4 : 5)) {
      return;
    }
    this.#add(words, true, false);
    this.#add([joined], true, false);
    this.#joined.add(joined);
  }

  /** NOTE: no phrase: a study may name thousands, and they must not push names out. */
  addUid(uid: string): void {
    this.#uids.add(uid);
  }

  /** A day, however it is written. @param day `YYYYMMDD` */
  addDay(day: string): void {
    const [year, month, date] = [day.slice(0, 4), day.slice(4, 6), day.slice(6, 8)];
    for (const words of [[day], [year, month, date], [date, month, year], [month, date, year], [date + month + year]]) {
      this.#add(words, true, false);
    }
    this.#joined.add(day);
  }

  #add(words: readonly string[], everywhere: boolean, name: boolean): void {
    const [first] = words;
    if (first === undefined || first === '' || this.#count >= MOST_PHRASES) {
      return;
    }
    const phrases = this.#byFirst.get(first) ?? [];
    const same = phrases.findIndex((phrase) => phrase.words.join(' ') === words.join(' '));
    const known = phrases[same];
    if (known === undefined) {
      phrases.push({ words, everywhere, name });
      this.#count += 1;
    } else {
      phrases[same] = { words, everywhere: everywhere || known.everywhere, name: name || known.name };
    }
    this.#byFirst.set(first, phrases);
  }

  /** Whether a value, as a whole, is one of the numbers that name the patient. */
  isOne(text: string): boolean {
    const joined = wordsOf(text)
      .map((word) => word.text)
      .join('');
    return joined.length >= 6 && this.#joined.has(joined);
  }

  /** Whether bytes, read as Latin letters, hold one of the longer numbers or texts that name the patient. */
  isWithin(latin: string): boolean {
    const lower = latin.toLowerCase();
    const isText = this.#joined.values().some((joined) => joined.length >= 6 && lower.includes(joined));
    return isText || (this.#uids.size > 0 && (latin.match(UID) ?? []).some((uid) => this.#uids.has(uid)));
  }

  /**
   * The text without what is known of the patient; of free text also without what looks like a number that names somebody. The text
   * itself where nothing of it was found.
   */
  clean(text: string, strictness: Strictness): string {
    const free = strictness === 'free';
    let without = this.#without(text, strictness);
    for (const name of [...this.#unspaced].sort((a, b) => b.length - a.length)) {
      without = without.replaceAll(name, ' ');
    }
    without = without.replace(UID, (uid) => (this.#uids.has(uid) ? ' ' : uid));
    const cleaned = free ? without.replace(SUSPICIOUS, ' ') : without;
    return cleaned === text ? text : cleaned.replace(/\s+/g, ' ').replace(/^[\s,;:./_-]+|[\s,;:/_-]+$/g, '');
  }

  #without(text: string, strictness: Strictness): string {
    const words = wordsOf(text);
    const kept: string[] = [];
    let from = 0;
    for (let at = 0; at < words.length; ) {
      const length = this.#longestAt(words, at, strictness);
      const [first, last] = [words[at], words[at + length - 1]];
      if (first !== undefined && last !== undefined && length > 0) {
        kept.push(text.slice(from, first.start), ' ');
        from = last.end;
      }
      at += Math.max(1, length);
    }
    return kept.length === 0 ? text : kept.join('') + text.slice(from);
  }

  /** Words of the longest phrase that begins at a word; 0 when none does. */
  #longestAt(words: readonly Word[], at: number, strictness: Strictness): number {
    let longest = 0;
    for (const phrase of this.#byFirst.get(words[at]?.text ?? '') ?? []) {
      const fits = phrase.words.every((word, i) => words[at + i]?.text === word);
      const counts = strictness === 'free' || (phrase.everywhere && (strictness === 'technical' || phrase.name));
      if (fits && counts) {
        longest = Math.max(longest, phrase.words.length);
      }
    }
    return longest;
  }
}
