import { describe, expect, it } from 'vitest';
import { KnownTexts } from './known-texts.ts';

const known = new KnownTexts();
known.addName('Nguyễn^Văn An');
known.addName('王^小東');
known.addWhole('BN-001/26');
known.addWhole('Bệnh viện Đa khoa Sa Đéc');
known.addDay('20260301');

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

  it('spares short words of technical text, and no longer ones', () => {
    expect(known.clean('kernel An B30f Văn 20260301', 'technical')).toBe('kernel An B30f');
    expect(known.clean('VERSION 4.6.0912345678', 'technical')).toBe('VERSION 4.6.0912345678');
  });
});
