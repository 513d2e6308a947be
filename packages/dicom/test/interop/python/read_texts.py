"""Reads DICOM files named on stdin, one a line, with pydicom; writes JSON: for each file the text of each item of (0008,1140)."""

import json
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")


def text_of(element):
    value = element.value
    values = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    return "\\".join(str(one) for one in values)


found = []
for path in sys.stdin.read().splitlines():
    dataset = pydicom.dcmread(path)
    dataset.decode()
    found.append([[text_of(element) for element in item] for item in dataset[0x0008, 0x1140].value])
json.dump(found, sys.stdout)
