"""Makes small CT studies with pydicom, each encoded in a character set of its own.

Reads from standard input: {"folder", "studies": [{"charset": [term], "name", "id", "study", "date", "time", "accession", "description",
"modality", "series": number, "instances": number in each series, "size": rows and columns}]}; writes one file an instance and prints
the list of paths.
"""

import json
import os
import sys

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian


def write(path, study, series, number):
    uid = f"{study['study']}.{series}.{number}"
    instance = Dataset()
    instance.SpecificCharacterSet = study["charset"] or None
    instance.SOPClassUID = CTImageStorage
    instance.SOPInstanceUID = uid
    instance.StudyDate = study.get("date", "20260301")
    instance.StudyTime = study.get("time", "083000")
    instance.AccessionNumber = study.get("accession", "")
    instance.Modality = study.get("modality", "CT")
    instance.StudyDescription = study.get("description", "")
    instance.SeriesDescription = f"series {series}"
    instance.PatientName = study["name"]
    instance.PatientID = study["id"]
    instance.PatientBirthDate = "19700101"
    instance.PatientSex = "O"
    instance.StudyInstanceUID = study["study"]
    instance.SeriesInstanceUID = f"{study['study']}.{series}"
    instance.StudyID = "1"
    instance.SeriesNumber = series
    instance.InstanceNumber = number
    size = study.get("size", 16)
    instance.SamplesPerPixel = 1
    instance.PhotometricInterpretation = "MONOCHROME2"
    instance.Rows = instance.Columns = size
    instance.BitsAllocated = instance.BitsStored = 16
    instance.HighBit = 15
    instance.PixelRepresentation = 0
    instance.PixelData = bytes((number + index) % 251 for index in range(256)) * (size * size * 2 // 256)
    instance["PixelData"].VR = "OW"
    instance.file_meta = FileMetaDataset()
    instance.file_meta.MediaStorageSOPClassUID = CTImageStorage
    instance.file_meta.MediaStorageSOPInstanceUID = uid
    instance.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    instance.save_as(path, enforce_file_format=True)


def main():
    job = json.load(sys.stdin)
    paths = []
    for study in job["studies"]:
        for series in range(1, study.get("series", 1) + 1):
            for number in range(1, study.get("instances", 1) + 1):
                path = os.path.join(job["folder"], f"{study['study']}.{series}.{number}.dcm")
                write(path, study, series, number)
                paths.append(path)
    json.dump(paths, sys.stdout)


main()
