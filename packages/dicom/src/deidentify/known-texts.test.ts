import { describe, expect, it } from 'vitest';
import { KnownTexts } from './known-texts.ts';

const known = new KnownTexts();
known.addName('Nguyễn^Văn An');
known.addName('王^小東');
known.addWhole('BN-001/26');
known.addWhole('Bệnh viện Đa khoa Sa Đéc');
known.addDay('20260301');
known.addUid('1.2.840.99999.7');

describe('cleaning text of what is known of a patient', () => {
  it.each([
    ['CT ngực NGUYEN VAN AN', 'CT ngực'],
    ['NGUYENVANAN_chest', 'chest'],
    ['bn an, theo dõi', 'bn , theo dõi'],
    ['số BN-001/26 và BN 001 26', 'số và'],
    ['chụp tại bệnh viện đa khoa SA ĐÉC', 'chụp tại'],
    ['ngày 01/03/2026, 2026-03-01, 20260301', 'ngày'],
    ['患者王小東様', '患者 様'],
    ['gọi 0912 345 678 hoặc bs@bv.vn', 'gọi hoặc'],
    ['5 mm, kV 120, L3-L4', '5 mm, kV 120, L3-L4'],
    ['anh trai', 'anh trai'],
  ])('%s becomes %s', (text, cleaned) => {
    expect(known.clean(text, 'free')).toBe(cleaned);
  });

  it('leaves only names out of text that an option keeps', () => {
    expect(known.clean('Bệnh viện Đa khoa Sa Đéc, máy của Văn', 'kept')).toBe('Bệnh viện Đa khoa Sa Đéc, máy của');
  });

  it('finds it in bytes', () => {
    expect(known.isWithin('\0\u0001id=BN00126;')).toBe(true);
    expect(known.isWithin('made of 1.2.840.99999.7\0')).toBe(true);
    expect(known.isWithin('made of 1.2.840.99999.70\0')).toBe(false);
  });

  it('knows names however many UIDs an object has', () => {
    const many = new KnownTexts();
    for (let i = 0; i < 20_000; i += 1) {
      many.addUid(`1.2.3.${i}`);
    }
    many.addName('Trần^Bình');
    expect(many.clean('Tran Binh, 1.2.3.19999', 'technical')).toBe('');
  });

  it('spares short words of technical text, and no longer ones', () => {
    expect(known.clean('kernel An B30f Văn 20260301', 'technical')).toBe('kernel An B30f');
    expect(known.clean('VERSION 4.6.0912345678', 'technical')).toBe('VERSION 4.6.0912345678');
    expect(known.clean('made of 1.2.840.99999.7 by 1.2.3', 'technical')).toBe('made of by 1.2.3');
  });
});
