/** What pydicom's plugins cannot decode; DCMTK or another file of the corpus is the reference for most of these. */
export const NOT_BY_PYDICOM: Readonly<Record<string, string>> = {
  'broken/GH340-12bit-allocated-no-preamble.dcm': '12 bits allocated',
  'broken/badVR.dcm': 'Number of Frames is no number',
  'broken/private-ge-bigendian-pixel-undefined-length-b.dcm': 'pydicom cannot read it',
  'codec/ctimage/CTImage_1.2.840.10008.1.2.4.53.dcm': 'retired process; dcmdjpeg',
  'codec/ctimage/CTImage_1.2.840.10008.1.2.4.55.dcm': 'retired process; dcmdjpeg',
  'codec/wg04/MR1_JPLY.dcm': 'end marker; dcmdjpeg',
  'codec/wg04/MR3_JPLY.dcm': 'end marker; dcmdjpeg',
  'codec/wg04/MR4_JPLY.dcm': 'end marker; dcmdjpeg',
  'codec/wg04/RG3_JPLY.dcm': 'end marker; dcmdjpeg',
  'codec/wg04/XA1_JPLY.dcm': 'end marker; dcmdjpeg',
  'codec/jpeg/JPEG-lossy.dcm': 'end marker; dcmdjpeg',
  'modality/mr/GH1339.dcm': 'pydicom cannot read it',
  'modality/sm/WSI-140-tiles-jpeg.dcm': 'its last tile is smaller than its header says',
  'objects/seg-liver/seg-liver_deflated-frame.dcm': 'new syntax; pairs.tsv below',
  'objects/seg-liver/seg-liver_rle.dcm': 'one bit in RLE; pairs.tsv below',
};

/** The one image nobody can decode: a test file of pydicom with the bytes of a sequence delimiter written over its codestream. */
export const NO_CODESTREAM = 'codec/jpeg2000/JPEG2000-embedded-sequence-delimiter.dcm';
