"""Compares pixels, and the elements beside them, of files that were made from one another.

stdin: JSON [{"source", "reference", "files"}]. "reference" is uncompressed; "files" are in other transfer syntaxes. Each file is decoded by
every plugin of pydicom that can, each by itself. stdout: JSON, for each request the faults in words, and how many comparisons were made.
"""

import json
import os
import sys
import warnings

import numpy as np
import pydicom
from pydicom.pixels import get_decoder
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")

# What describes the coding of the pixels, and may change with it.
OF_PIXELS = {0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280100, 0x00282110, 0x00282114}
ICON = 0x00880200
FRAMES = 3


def read(path):
    ds = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if ds.original_encoding[0] else ExplicitVRLittleEndian
    ds.setdefault("PixelRepresentation", 0)
    ds.setdefault("SamplesPerPixel", 1)
    ds.setdefault("PhotometricInterpretation", "MONOCHROME2")
    return ds


def indexes(ds):
    count = int(ds.get("NumberOfFrames") or 1)
    return sorted({0, count // 2, count - 1})[:FRAMES]


def aborts(decoder, ds):
    """GDCM ends the process over some objects: it is tried in another one first."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            decoder.as_array(ds, index=0, raw=True, decoding_plugin="gdcm")
        except Exception:
            pass
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def decoded(ds):
    """(plugin, frames) for every plugin that can."""
    decoder = get_decoder(ds.file_meta.TransferSyntaxUID)
    if not decoder.is_encapsulated:
        yield "pydicom", [decoder.as_array(ds, index=i, raw=True)[0] for i in indexes(ds)]
        return
    for plugin in decoder.available_plugins:
        if plugin == "gdcm" and aborts(decoder, ds):
            yield plugin, "GDCM ends the process"
            continue
        try:
            yield plugin, [decoder.as_array(ds, index=i, raw=True, decoding_plugin=plugin)[0] for i in indexes(ds)]
        except Exception as error:
            yield plugin, f"{type(error).__name__}: {error}"


def signed_as_said(array, ds):
    """Some plugins give the cells without their sign."""
    array = np.asarray(array)
    if ds.PixelRepresentation == 1 and array.dtype.kind == "u":
        array = array.view(array.dtype.str.replace("u", "i"))
    return array.astype(np.int64) if array.dtype.kind in "ui" else array


def raw(ds, tag):
    item = ds.get_item(tag)
    is_raw = isinstance(item, pydicom.dataelem.RawDataElement) and item.VR != "SQ" and not isinstance(item.value, list)
    return (item.value or b"").rstrip(b"\0 ") if is_raw else None


def parsed(ds, tag):
    try:
        value = ds[tag].value
    except Exception as error:
        return type(error).__name__
    if isinstance(value, pydicom.Sequence):
        return [{t: value_of(i, t) for t in i.keys() if t & 0xFFFF} for i in value]
    return "" if value in (None, "", b"") or (hasattr(value, "__len__") and len(value) == 0) else value


def value_of(ds, tag):
    """Bytes first: parsing takes them away."""
    return raw(ds, tag), parsed(ds, tag)


def elements(ds):
    found = {}
    for tag in ds.keys():
        if tag in OF_PIXELS or tag == ICON or tag >> 16 >= 0x7FE0 or tag & 0xFFFF == 0:
            continue
        found[tag] = value_of(ds, tag)
    return found


def is_items(value):
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def alike(tag, one, other):
    """By their bytes, or where the coding of the data set makes these differ, by what they say."""
    if one is None or other is None:
        return False
    if one[0] is not None and one[0] == other[0]:
        return True
    if is_items(one[1]) and is_items(other[1]):
        pairs = list(zip(one[1], other[1]))
        return len(one[1]) == len(other[1]) and all(
            alike(t, a.get(t), b.get(t)) for a, b in pairs for t in {*a, *b}
        )
    # Without its VR nobody knows that a private element is a sequence.
    if pydicom.tag.Tag(tag).is_private and is_items(one[1]) != is_items(other[1]):
        return True
    return one[1] == other[1]


def look(request):
    faults = []
    compared = 0
    reference = read(request["reference"])
    before = elements(reference)
    expected = [signed_as_said(array, reference) for array in next(decoded(reference))[1]] if "Rows" in reference else []
    for path in [request["source"], *request["files"]] if request["source"] else request["files"]:
        try:
            ds = read(path)
            after = elements(ds)
            different = [str(pydicom.tag.Tag(t)) for t in {*before, *after} if not alike(t, before.get(t), after.get(t))]
            if path != request["source"] and different:
                faults.append(f"{path}: other elements: {', '.join(sorted(different)[:5])}")
            results = list(decoded(ds))
        except Exception as error:
            faults.append(f"{path}: {type(error).__name__}: {error}")
            continue
        usable = [(plugin, frames) for plugin, frames in results if not isinstance(frames, str)]
        if not usable:
            faults.append(f"{path}: nobody decodes it: {results}")
        faulty = []
        for plugin, frames in usable:
            compared += 1
            arrays = [signed_as_said(array, ds) for array in frames]
            same = all(a.shape == b.shape and np.array_equal(a, b) for a, b in zip(arrays, expected, strict=True))
            if not same:
                faulty.append(plugin)
        # Of files made by others it is enough that one plugin reads them right.
        if faulty and (path != request["source"] or len(faulty) == len(usable)):
            faults.append(f"{path}: other pixels for {', '.join(faulty)}")
    return {"faults": faults, "compared": compared}


def safe(request):
    try:
        return look(request)
    except Exception as error:  # the caller lists what may fail
        return {"faults": [f"{request['reference']}: {type(error).__name__}: {error}"], "compared": 0}


json.dump([safe(request) for request in json.load(sys.stdin)], sys.stdout)
