"""Renders frames with pydicom and numpy: the reference that Filmless's rendering is compared with.

stdin: JSON [{"path", "frame", "out"}]; writes 8-bit samples (gray or RGB) to "out", stdout: JSON, one answer a request.
"""

import json
import sys
import warnings

import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi, apply_windowing, pixel_array
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")
EXTREME = 1e9


def group_item(ds, index, name):
    """The item of a functional group: the frame's own, else the shared one."""
    for sequence, at in (("PerFrameFunctionalGroupsSequence", index), ("SharedFunctionalGroupsSequence", 0)):
        groups = ds.get(sequence)
        if groups is not None and at < len(groups) and name in groups[at] and len(groups[at][name].value) > 0:
            return groups[at][name][0]
    return None


def padding_mask(ds, raw):
    value = ds.get("PixelPaddingValue")
    if value is None:
        return np.zeros(raw.shape, bool)
    limit = ds.get("PixelPaddingRangeLimit", value)
    if raw.dtype.kind == "i":
        value, limit = (v - 65536 if v > 32767 else v for v in (value, limit))
    low, high = min(value, limit), max(value, limit)
    return (raw >= low) & (raw <= high)


def to_unit(values, least, greatest):
    span = greatest - least
    return np.clip((values - least) / (span if span > 0 else 1), 0, 1)


def gray(ds, raw, index):
    padding = padding_mask(ds, raw)
    transformation = group_item(ds, index, "PixelValueTransformationSequence")
    if transformation is not None:
        values = raw * float(transformation.RescaleSlope) + float(transformation.RescaleIntercept)
    else:
        values = apply_modality_lut(raw, ds)
    voi = group_item(ds, index, "FrameVOILUTSequence") or ds
    width = voi.get("WindowWidth")
    width = width[0] if isinstance(width, pydicom.multival.MultiValue) and len(width) else width
    if ds.get("VOILUTSequence"):
        bits = ds.VOILUTSequence[0].LUTDescriptor[2]
        table = np.asarray(ds.VOILUTSequence[0].LUTData if not isinstance(ds.VOILUTSequence[0].LUTData, bytes) else np.frombuffer(ds.VOILUTSequence[0].LUTData, "<u2"))
        shown = to_unit(apply_voi(values.astype(np.int64), ds).astype(float), 0, max(2**bits - 1, table.max()))
    elif width not in (None, "") and float(width) > 0:
        # pydicom's output range depends on the bits stored: two extreme values show it.
        probe = pydicom.Dataset()
        probe.update(ds.group_dataset(0x0028))
        probe.setdefault("BitsStored", 16)
        probe.setdefault("PixelRepresentation", 0)
        probe.WindowCenter, probe.WindowWidth = voi.WindowCenter, voi.WindowWidth
        if "VOILUTFunction" in voi:
            probe.VOILUTFunction = voi.VOILUTFunction
        if raw.dtype.kind == "f" and float(width) <= 1:
            # LINEAR would make two shades of it; what is meant is LINEAR_EXACT.
            probe.VOILUTFunction = "LINEAR_EXACT"
        flat = np.concatenate([values.astype(float).ravel(), [-EXTREME, EXTREME]])
        windowed = apply_windowing(flat, probe)
        shown = to_unit(windowed[:-2], windowed[-2], windowed[-1]).reshape(values.shape)
    elif raw.dtype.kind != "f" and (ds.BitsAllocated == 1 or ds.BitsStored <= 8 and "SegmentationType" not in ds):
        signed = ds.PixelRepresentation == 1
        bits = ds.BitsStored
        ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1])
        ends = np.sort(np.asarray(apply_modality_lut(ends, ds) if transformation is None else ends, float))
        shown = to_unit(values.astype(float), ends[0], ends[1])
    else:
        image = values[~padding]
        shown = to_unit(values.astype(float), float(image.min()), float(image.max())) if image.size else values * 0.0
    if ds.PhotometricInterpretation == "MONOCHROME1" or ds.get("PresentationLUTShape") == "INVERSE":
        shown = 1 - shown
    shown[padding] = 0
    return np.round(shown * 255).astype(np.uint8)


def reference(path, index):
    ds = pydicom.dcmread(path, force=True)
    ds.setdefault("PixelRepresentation", 0)
    ds.setdefault("SamplesPerPixel", 1)
    ds.setdefault("PhotometricInterpretation", "MONOCHROME2")
    if "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if ds.original_encoding[0] else ExplicitVRLittleEndian
    raw = pixel_array(ds, index=index)
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        colour = apply_color_lut(raw, ds)
        wide = ds.RedPaletteColorLookupTableDescriptor[2] > 8 and colour.max() > 255
        return (colour >> 8 if wide else colour).astype(np.uint8)
    if ds.SamplesPerPixel == 3:
        return np.round(raw * (255.0 / (2**ds.BitsStored - 1))).astype(np.uint8)
    stored_as_is = not ds.file_meta.TransferSyntaxUID.is_encapsulated
    if stored_as_is and "BitsStored" in ds and raw.dtype.kind == "u" and ds.BitsStored < 8 * raw.itemsize:
        raw = raw & (2**ds.BitsStored - 1)
    return gray(ds, raw, index)


def main():
    answers = []
    for request in json.load(sys.stdin):
        try:
            image = np.ascontiguousarray(reference(request["path"], request["frame"]))
            image.tofile(request["out"])
            answers.append({"shape": list(image.shape)})
        except Exception as error:  # the caller lists what may fail
            answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
