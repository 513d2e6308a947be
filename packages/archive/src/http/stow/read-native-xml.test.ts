import { expect, it } from 'vitest';
import { readNativeXml } from './read-native-xml.ts';

const about = (text: string): string =>
  `<NativeDicomModel><DicomAttribute tag="00104000" vr="LT"><Value number="1">${text}</Value></DicomAttribute></NativeDicomModel>`;

it('reads the entities that XML has', () => {
  expect(readNativeXml(about('a &lt; b &amp; c &#x1EC5;'))).toEqual({ '00104000': { vr: 'LT', Value: ['a < b & c ễ'] } });
});

it.each(['&toString;', '&valueOf;', '&a0;', '&#0;', '&#xD800;', '&'])('refuses %s, which XML does not have', (entity) => {
  expect(() => readNativeXml(about(entity))).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});
