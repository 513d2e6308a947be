"""Decodes frames with pydicom: the reference that Filmless's decoders are compared with.

stdin: JSON [{"path", "frames", "out"}]; writes the samples of the frames, one after the other, to "out", as 64-bit floats;
stdout: JSON, one answer a request.
"""

import json
import sys
import warnings

import numpy as np
import pydicom
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.filterwarnings("ignore")


def reference(path, frames):
    ds = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if ds.original_encoding[0] else ExplicitVRLittleEndian
    ds.setdefault("PixelRepresentation", 0)
    ds.setdefault("SamplesPerPixel", 1)
    ds.setdefault("PhotometricInterpretation", "MONOCHROME2")
    return [np.ascontiguousarray(pixel_array(ds, index=index), dtype="<f8") for index in frames]


def main():
    answers = []
    for request in json.load(sys.stdin):
        try:
            images = reference(request["path"], request["frames"])
            with open(request["out"], "wb") as out:
                for image in images:
                    out.write(image.tobytes())
            answers.append({"shape": list(images[0].shape)})
        except Exception as error:  # the caller lists what may fail
            answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
