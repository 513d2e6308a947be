import { describe, expect, it } from 'vitest';
import { characterSet, correctedCharacterSet } from './character-set.ts';
import { isCharacterSetTerm } from './terms.ts';

const read = (term: string, hex: string) => characterSet([term]).decode(Buffer.from(hex, 'hex'), 'LO');

describe('Vietnamese from before Unicode', () => {
  it.each([
    ['TCVN3', '4e677579d46e', 'Nguyễn'],
    ['TCVN3', 'a7e8', 'Đố'],
    ['TCVN3', 'ae', 'đ'],
    ['TCVN3', '61b3', 'á'],
    ['VNI', '4e67757965e36e', 'Nguyễn'],
    ['VNI', 'd1f5', 'Đ\u0303'.normalize('NFC')],
    ['VNI', 'd16fe3f1', 'Đỗđ'],
    ['VNI', '5072616ef6f9', 'Pranứ'],
    ['VNI', '54524cd4d8', 'TRLỜ'],
    ['VNI', '4cedecf3e6f2ee', 'Líìĩỉịỵ'],
    ['vni', '61ea61e961e861fa61fc61eb', 'ăắằẳẵặ'],
    ['windows-1258', '4e677579eade6e', 'Nguyễn'],
  ])('in %s %s is %s', (term, hex, expected) => {
    expect(isCharacterSetTerm(term)).toBe(true);
    expect(read(term, hex)).toBe(expected);
  });

  it('is read as the GNU C library reads it, letter by letter', () => {
    // iconv -f TCVN5712-1, 0xB5 to 0xDF.
    const bytes = Array.from({ length: 0xdf - 0xb5 + 1 }, (_, index) => 0xb5 + index);
    expect(read('TCVN3', Buffer.from(bytes).toString('hex'))).toBe('àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò');
  });
});

describe('a character set that is known better', () => {
  const latin = Buffer.from('4e677579d46e', 'hex');

  it('counts whatever the data set says, but for UTF-8 that is valid', () => {
    for (const said of [[], ['ISO_IR 100'], ['ISO_IR 192'], ['', 'ISO 2022 IR 87'], ['nonsense']]) {
      expect(correctedCharacterSet(['TCVN3'], said).decode(latin, 'PN'), said.join()).toBe('Nguyễn');
    }
    const utf8 = Buffer.from('Đỗ');
    expect(correctedCharacterSet(['TCVN3'], ['ISO_IR 192']).decode(utf8, 'PN')).toBe('Đỗ');
    expect(correctedCharacterSet(['TCVN3'], ['ISO_IR 100']).decode(utf8, 'PN')).not.toBe('Đỗ');
    expect(correctedCharacterSet(['TCVN3'], []).decode(Buffer.from('CT 1'), 'LO')).toBe('CT 1');
  });

  it('is a term that is known', () => {
    for (const term of ['ISO_IR 100', 'ISO 2022 IR 87', 'GB18030', 'windows-1258', 'CP1258', 'TCVN3', 'VNI', 'latin1']) {
      expect(isCharacterSetTerm(term), term).toBe(true);
    }
    for (const term of ['', 'klingon', 'windows-9999', 'ISO_IR 999']) {
      expect(isCharacterSetTerm(term), term).toBe(false);
    }
  });
});
