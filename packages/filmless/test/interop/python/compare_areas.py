"""Decodes an original and its copy with pydicom and says what differs. Arguments: original, copy, x, y, width, height.

Written: JSON with `inside` (the values of the area in the copy) and `outside` (samples elsewhere that differ).
"""
import json
import sys

import numpy
import pydicom

original, copy = (pydicom.dcmread(path) for path in sys.argv[1:3])
x, y, width, height = (int(text) for text in sys.argv[3:7])
before, after = original.pixel_array, copy.pixel_array
if before.dtype != after.dtype:
    before = before.astype('int64')
    after = after.astype('int64')
rows, columns = original.Rows, original.Columns
frames = int(original.get('NumberOfFrames', 1))
shape = (frames, rows, columns, original.SamplesPerPixel)
before, after = before.reshape(shape), after.reshape(shape)
area = numpy.zeros(shape, bool)
area[:, y:y + height, x:x + width, :] = True
json.dump({
    'inside': sorted({int(value) for value in after[area]}),
    'outside': int((before != after)[~area].sum()),
    'transferSyntax': str(copy.file_meta.TransferSyntaxUID),
    'burnedIn': copy.get('BurnedInAnnotation', ''),
}, sys.stdout)
