"""Makes the studies of the browser test in a folder: copies of real files with Vietnamese patients, and what is known of them.

Usage: prepare.py CORPUS TARGET. Writes one folder a study and `truth.json` beside them.
"""

import json
import sys
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.uid import generate_uid

STUDIES = {
    "ct": ("Đỗ^Thị Dương", "0000123456", ["series/ct-head-phantom/*"]),
    "mr": ("Nguyễn^Văn Á", "0000123457", ["series/mr-brain-2series/*"]),
    "cr": ("Trần^Thị Ước", "0000123458", ["modality/cr/CR-modality-lut.dcm"]),
    "us": ("Lê^Thị Hồng Đào", "0000123459", ["modality/us/US-HP-34f-YBR_FULL_422-jpeg.dcm"]),
    "mg": ("Phạm^Thị Út", "0000123460", ["modality/mg/MG-GE-JPEGLosslessSV1.dcm"]),
}
AIR_HU = -300


def outer_width(path):
    """Columns of the first and the last pixel of the body on the middle row, and the distance between them in mm."""
    image = dcmread(path)
    values = image.pixel_array[image.Rows // 2] * float(image.RescaleSlope) + float(image.RescaleIntercept)
    inside = np.where(values > AIR_HU)[0]
    first, last = int(inside[0]), int(inside[-1])
    return {
        "row": image.Rows // 2,
        "first": first,
        "last": last,
        "mm": (last - first) * float(image.PixelSpacing[1]),
        "rows": image.Rows,
        "columns": image.Columns,
        "instance": str(image.SOPInstanceUID),
    }


def prepare(corpus, target):
    truth = {}
    for key, (name, number, patterns) in STUDIES.items():
        folder = target / key
        folder.mkdir(parents=True)
        study = generate_uid(prefix="2.25.", entropy_srcs=[key])
        series = {}
        for pattern in patterns:
            for path in sorted(corpus.glob(pattern)):
                image = dcmread(path)
                image.SpecificCharacterSet = "ISO_IR 192"
                image.PatientName = name
                image.PatientID = number
                image.StudyInstanceUID = study
                frames = int(image.get("NumberOfFrames", 1))
                series[image.SeriesInstanceUID] = series.get(image.SeriesInstanceUID, 0) + frames
                image.save_as(folder / path.name)
        truth[key] = {"name": " ".join(name.replace("^", " ").split()), "study": study, "images": max(series.values())}
    middle = sorted((target / "ct").iterdir(), key=lambda path: float(dcmread(path, stop_before_pixels=True).ImagePositionPatient[2]))
    truth["ct"]["width"] = outer_width(middle[len(middle) // 2])
    (target / "truth.json").write_text(json.dumps(truth, ensure_ascii=False))


prepare(Path(sys.argv[1]), Path(sys.argv[2]))
