/**
 * Encodings of Vietnamese from before Unicode that no TextDecoder knows, as old machines and their operators' keyboards wrote them.
 * Both are Latin for the lower half.
 */

/**
 * TCVN 5712:1993 from 0xA0 on, which is what the "ABC" fonts (TCVN3) have; the table is that of the GNU C library's TCVN5712-1.
 * Capitals with tone marks came from a font of their own, and read as small letters.
 */
const TCVN3 =
  '\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ';
const TCVN3_FIRST = 0xa0;

/** VNI Windows: letters of one byte that carry a mark already. The table of its fonts, as the input method xvnkb has it (vni.h). */
const VNI_LETTERS: Readonly<Record<number, string>> = {
  198: 'Ỉ',
  204: 'Ì',
  205: 'Í',
  206: 'Ỵ',
  209: 'Đ',
  210: 'Ị',
  211: 'Ĩ',
  212: 'Ơ',
  214: 'Ư',
};

/** VNI Windows: marks that stand behind the letter they belong to. As combining characters, which NFC joins. */
const VNI_MARKS: Readonly<Record<number, string>> = {
  217: '\u0301',
  216: '\u0300',
  219: '\u0309',
  213: '\u0303',
  207: '\u0323',
  194: '\u0302',
  193: '\u0302\u0301',
  192: '\u0302\u0300',
  197: '\u0302\u0309',
  195: '\u0302\u0303',
  196: '\u0302\u0323',
  202: '\u0306',
  201: '\u0306\u0301',
  200: '\u0306\u0300',
  218: '\u0306\u0309',
  220: '\u0306\u0303',
  203: '\u0306\u0323',
};

/** Small letters, and marks behind them, lie 0x20 above the capitals. */
const SMALL = 0x20;

function vniCharacter(byte: number): string {
  if (byte < 0x80) {
    return String.fromCharCode(byte);
  }
  const capital = byte >= 0xe0 ? byte - SMALL : byte;
  const letter = VNI_LETTERS[capital];
  if (letter !== undefined) {
    return byte >= 0xe0 ? letter.toLowerCase() : letter;
  }
  return VNI_MARKS[capital] ?? String.fromCharCode(byte);
}

function tcvn3Character(byte: number): string {
  return byte < TCVN3_FIRST ? String.fromCharCode(byte) : (TCVN3[byte - TCVN3_FIRST] ?? '\ufffd');
}

function spelled(character: (byte: number) => string): (bytes: Uint8Array) => string {
  return (bytes) => Array.from(bytes, character).join('').normalize('NFC');
}

/** By the label that stands in for TextDecoder's. */
export const VIETNAMESE_DECODERS: ReadonlyMap<string, (bytes: Uint8Array) => string> = new Map([
  ['tcvn3', spelled(tcvn3Character)],
  ['vni', spelled(vniCharacter)],
]);
