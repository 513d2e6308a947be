/** Letters that no decomposition brings to ASCII, as passports spell them (ICAO Doc 9303-3 6), and marks of punctuation. */
const SPELT = `đ:d ð:d ħ:h ı:i ĸ:k ł:l ŋ:n œ:oe ø:o ß:ss þ:th ŧ:t æ:ae ə:e
  α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o
  а:a б:b в:v г:g д:d е:e ж:zh з:z и:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ:ie ы:y ь: э:e
  ю:iu я:ia і:i є:ie ґ:g ђ:d ѕ:dz ј:j љ:lj њ:nj ћ:c џ:dz
  ‐:- ‑:- ‒:- –:- —:- ―:- −:- ‘:' ’:' ‚:' ‛:' “:" ”:" „:" «:" »:" ×:x ·:.`;

const SPELLING: ReadonlyMap<string, string> = new Map(
  SPELT.split(/\s+/).map((pair): [string, string] => {
    const [letter = ''] = pair;
    return [letter, pair.slice(letter.length + 1)];
  }),
);

/** What no console shows: marks, joiners, direction marks, controls beyond ASCII. */
const UNSEEN = /[\p{M}\p{Cf}\u0080-\u009f]/gu;
/** ASCII without the characters that divide values, components and groups. */
const SHOWN = /^[\x20-\x3c\x3e-\x5b\x5d\x5f-\x7e]*$/;

function spelt(character: string): string | undefined {
  const lower = character.toLowerCase();
  const spelling = SPELLING.get(lower);
  return spelling === undefined || lower === character ? spelling : spelling.slice(0, 1).toUpperCase() + spelling.slice(1);
}

function shown(character: string): string {
  const plain = character.normalize('NFKD').replace(UNSEEN, '');
  if (SHOWN.test(plain)) {
    return plain;
  }
  const parts = Array.from(plain, (part) => spelt(part) ?? (SHOWN.test(part) ? part : '?')).join('');
  return SHOWN.test(parts) ? parts : '?';
}

/**
 * A text for consoles that show ASCII only: Latin letters lose their marks, Greek and Cyrillic ones are spelt in Latin letters,
 * all else becomes a question mark. ASCII stays, with the carets and backslashes that divide it; none is added.
 */
export function withoutAccents(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => (character <= '\x7f' ? character : shown(character))).join('');
}
