import type { DataSet } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { nativeXml } from './native-xml.ts';

const inside = (dataSet: DataSet): string => nativeXml(dataSet).replace(/^.*xml:space="preserve">|<\/NativeDicomModel>$/g, '');

describe('a data set in XML', () => {
  it.each([
    [
      'texts and numbers',
      { '00280010': { vr: 'US', Value: [512] } },
      '<DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">512</Value></DicomAttribute>',
    ],
    [
      'several values with an empty one among them',
      { '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] } },
      '<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">ORIGINAL</Value><Value number="2"></Value><Value number="3">AXIAL</Value></DicomAttribute>',
    ],
    [
      'names by their components',
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Đỗ^Thị Dương^^Bs.', Phonetic: 'do' }] } },
      '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic><FamilyName>Đỗ</FamilyName><GivenName>Thị Dương</GivenName><NamePrefix>Bs.</NamePrefix></Alphabetic><Phonetic><FamilyName>do</FamilyName></Phonetic></PersonName></DicomAttribute>',
    ],
    [
      'sequences',
      { '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }, {}] } },
      '<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence"><Item number="1"><DicomAttribute tag="00081155" vr="UI" keyword="ReferencedSOPInstanceUID"><Value number="1">1.2</Value></DicomAttribute></Item><Item number="2"></Item></DicomAttribute>',
    ],
    [
      'bulk data',
      { '7FE00010': { vr: 'OW', BulkDataURI: 'http://h/a?b&c' } },
      '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="http://h/a?b&amp;c"/></DicomAttribute>',
    ],
    [
      'bytes',
      { '00282000': { vr: 'OB', InlineBinary: 'AAE=' } },
      '<DicomAttribute tag="00282000" vr="OB" keyword="ICCProfile"><InlineBinary>AAE=</InlineBinary></DicomAttribute>',
    ],
    [
      'empty attributes',
      { '00100030': { vr: 'DA' } },
      '<DicomAttribute tag="00100030" vr="DA" keyword="PatientBirthDate"></DicomAttribute>',
    ],
    [
      'private attributes with whose they are',
      { '00290010': { vr: 'LO', Value: ['ACME'] }, '00291001': { vr: 'CS', Value: ['X'] } },
      '<DicomAttribute tag="00290010" vr="LO" keyword="PrivateCreator"><Value number="1">ACME</Value></DicomAttribute><DicomAttribute tag="00291001" vr="CS" privateCreator="ACME"><Value number="1">X</Value></DicomAttribute>',
    ],
    [
      'characters that XML keeps for itself, and those it cannot hold',
      { '00104000': { vr: 'LT', Value: ['a<b>&"c"\u0007\ud800'] } },
      '<DicomAttribute tag="00104000" vr="LT" keyword="PatientComments"><Value number="1">a&lt;b&gt;&amp;&quot;c&quot;\ufffd\ufffd</Value></DicomAttribute>',
    ],
  ] as const)('holds %s', (_, dataSet, xml) => {
    expect(inside(dataSet)).toBe(xml);
  });
});
