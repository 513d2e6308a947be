"""WADO-RS frames and rendered images against pydicom.

- Frames as stored (transfer-syntax=*) are the fragments pydicom finds, joined, or the run of native bytes.
- Frames decoded to Explicit VR Little Endian are pydicom's pixels: exactly where nothing was lost, to rounding where it was.
- Rendered frames are the picture that pydicom's modality, VOI and colour tables make, to 30 dB or better.
"""

import io
import math
import os
import sys

import numpy as np
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from dicomweb_common import Report, readable, setup

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, "../../../../archive/test/interop/python"))
from render_reference import reference  # noqa: E402

LEAST_PSNR = 30
# libjpeg's own two inverse transforms differ by as much; ISO 10918-2.
ROUNDING = 3
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.203"}
# A baseline JPEG under the name of a lossless one.
MISNAMED = "modality/op/OP-Heidelberg-JPEGLosslessSV1.dcm"
STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def some(count):
    return sorted({0, count // 2, count - 1})


def element_of(ds):
    for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        if keyword in ds and ds[keyword].value:
            return ds[keyword].value
    return None


def syntax_of(ds):
    default = ImplicitVRLittleEndian if ds.original_encoding[0] else ExplicitVRLittleEndian
    return UID(ds.file_meta.get("TransferSyntaxUID", default))


def as_pydicom(ds, index):
    syntax = syntax_of(ds)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.setdefault("PixelRepresentation", 0)
    ds.setdefault("SamplesPerPixel", 1)
    return pixel_array(ds, index=index, raw=not syntax.is_encapsulated or syntax.endswith(".2.5"))


def unpacked(data, ds, reference_pixels):
    """The bytes of a decoded frame as numbers."""
    if ds.get("BitsAllocated") == 1 and "PixelData" in ds:
        return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: reference_pixels.size]
    kind = reference_pixels.dtype.newbyteorder("<")
    values = np.frombuffer(data[: reference_pixels.size * kind.itemsize], kind)
    if kind.kind == "u" and ds.BitsStored < 8 * kind.itemsize and not syntax_of(ds).is_encapsulated:
        values = values & (2**ds.BitsStored - 1)
    return values


def check_decoded(client, report, instance, ds, frames):
    parts = client.retrieve_instance_frames(
        *instance.uids, [n + 1 for n in frames], media_types=(("application/octet-stream", ExplicitVRLittleEndian),)
    )
    report.expect(len(parts) == len(frames), f"{instance.path}: {len(parts)} frames of {len(frames)}")
    for index, data in zip(frames, parts):
        expected = as_pydicom(ds, index)
        if ds.PhotometricInterpretation == "YBR_FULL_422" and not syntax_of(ds).is_encapsulated:
            # Uncompressed it is sent as it is stored, two pixels sharing their colour.
            bits = np.frombuffer(data, np.uint8).reshape(-1, 4)
            values = np.stack([bits[:, [0, 2, 3]], bits[:, [1, 2, 3]]], axis=1).reshape(-1)
        elif ds.SamplesPerPixel == 3 and ds.get("PlanarConfiguration") == 1 and not syntax_of(ds).is_encapsulated and syntax_of(ds).is_little_endian:
            values = np.frombuffer(data, np.uint8)[: expected.size].reshape(3, -1).T.reshape(-1)
        else:
            values = unpacked(data, ds, expected)
        expected = expected.reshape(-1)
        lossy = syntax_of(ds) in LOSSY or instance.path == MISNAMED
        if values.size != expected.size:
            report.fail(f"{instance.path} frame {index + 1}: {values.size} samples instead of {expected.size}")
            continue
        difference = np.abs(values.astype(float) - expected.astype(float)).max()
        report.expect(difference <= (ROUNDING if lossy else 0), f"{instance.path} frame {index + 1}: differs by {difference}")
        report.count("decoded frames")


def check_stored(config, client, report, instance, ds, frames):
    count = int(ds.get("NumberOfFrames") or 1)
    data = element_of(ds)
    if syntax_of(ds).is_encapsulated:
        stored = list(generate_frames(data, number_of_frames=count))
    elif ds.get("BitsAllocated", 8) % 8 != 0:
        return
    else:
        length = len(data) // count if "PixelData" not in ds else frame_length(ds)
        stored = [data[n * length : (n + 1) * length] for n in range(count)]
    numbers = ",".join(str(n + 1) for n in frames)
    url = "{}/dicom-web/studies/{}/series/{}/instances/{}/frames/{}".format(config.url, *instance.uids, numbers)
    response = client._http_get(url, headers={"Accept": STORED})
    parts = list(client._decode_multipart_message(response, stream=False))
    same = [part.rstrip(b"\0") == stored[n].rstrip(b"\0") for n, part in zip(frames, parts)]
    report.expect(len(same) == len(frames) and all(same), f"{instance.path}: frames {numbers} are not as stored")
    report.count("stored frames", len(same))


def frame_length(ds):
    samples = 2 if ds.get("PhotometricInterpretation") == "YBR_FULL_422" else ds.get("SamplesPerPixel", 1)
    return ds.Rows * ds.Columns * samples * ds.BitsAllocated // 8


def check_rendered(config, client, report, instance, frames):
    for index in frames:
        rendered = client.retrieve_instance_frames_rendered(*instance.uids, [index + 1], media_types=("image/jpeg",))
        picture = Image.open(io.BytesIO(rendered))
        expected = Image.fromarray(reference(os.path.join(config.root, instance.path), index))
        report.expect(
            picture.mode == expected.mode, f"{instance.path} frame {index + 1}: rendered as {picture.mode} not {expected.mode}"
        )
        if picture.size != expected.size:
            # Pixels that are not square.
            expected = expected.resize(picture.size, Image.Resampling.BILINEAR)
        quality = psnr(np.asarray(picture, float), np.asarray(expected, float))
        report.expect(quality >= LEAST_PSNR, f"{instance.path} frame {index + 1}: rendered with {quality:.1f} dB")
        report.count("rendered frames")


def psnr(one, other):
    error = ((one - other) ** 2).mean() if one.shape == other.shape else 255.0**2
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def main():
    config = setup()
    client = config.client()
    report = Report()
    unreferenced = {}
    for instance, ds in readable(config):
        if element_of(ds) is None or "Rows" not in ds:
            continue
        try:
            frames = some(int(ds.get("NumberOfFrames") or 1))
            as_pydicom(ds, 0)
            reference(os.path.join(config.root, instance.path), 0)
        except Exception as error:
            unreferenced[instance.path] = f"{type(error).__name__}: {error}"[:120]
            continue
        for what, check in (
            ("stored", lambda: check_stored(config, client, report, instance, ds, frames)),
            ("decoded", lambda: check_decoded(client, report, instance, ds, frames)),
            ("rendered", lambda: check_rendered(config, client, report, instance, frames)),
        ):
            try:
                check()
            except Exception as error:
                report.fail(f"{instance.path} {what}: {type(error).__name__}: {error}")
    report.finish(unreferenced=unreferenced)


main()
