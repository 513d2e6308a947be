"""Opens file-sets in ZIPs with pydicom: what their DICOMDIR lists, and whether its files are there and are what it says."""

import hashlib
import json
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

from pydicom import dcmread
from pydicom.fileset import FileSet

warnings.simplefilter("ignore")


def is_listed(one):
    """Whether a file is what its record says; one that pydicom cannot read is judged by its bytes alone."""
    try:
        head = dcmread(one.path, stop_before_pixels=True, force=True)
    except OSError:
        return True
    return (
        head.get("SOPInstanceUID") == one.ReferencedSOPInstanceUIDInFile
        and head.get("StudyInstanceUID") == one.StudyInstanceUID
        and head.get("SeriesInstanceUID") == one.SeriesInstanceUID
        and head.file_meta.TransferSyntaxUID == one.ReferencedTransferSyntaxUIDInFile
    )


def opened(path):
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        broken = archive.testzip()
        if broken is not None:
            raise ValueError(f"the checksum of {broken} is wrong")
        archive.extractall(folder)
        directory = dcmread(Path(folder, "DICOMDIR"))
        file_set = FileSet(directory)
        files = []
        for one in file_set:
            data = Path(one.path).read_bytes()
            same = is_listed(one)
            files.append(
                {
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "patient": str(one.PatientName),
                    "id": str(one.PatientID),
                    "same": same,
                }
            )
        records = [record.DirectoryRecordType for record in directory.DirectoryRecordSequence]
        return {"names": archive.namelist(), "files": files, "records": records}


def answer(request):
    try:
        return opened(request["path"])
    except Exception as error:  # noqa: BLE001 - each file-set answers for itself
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
