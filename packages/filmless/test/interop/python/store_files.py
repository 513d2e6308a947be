"""Sends files by C-STORE with pynetdicom, each data set's bytes as they lie in the file.

Reads from standard input: {"host", "port", "ae", "pdu", "files": [path]}; prints a JSON list of {"path", "status"} where
status is the C-STORE status as a number, or the reason the file was not sent as text.
"""

import json
import sys

from pydicom import dcmread
from pydicom.filereader import read_file_meta_info
from pynetdicom import AE, _config
from pynetdicom.dimse import DIMSEServiceProvider

_config.STORE_SEND_CHUNKED_DATASET = True
_config.UNRESTRICTED_STORAGE_SERVICE = True
CONTEXTS = 120


def identity(path):
    meta = read_file_meta_info(path)
    if "TransferSyntaxUID" not in meta:
        raise ValueError("no transfer syntax in the file meta information")
    header = dcmread(path, force=True, specific_tags=["SOPClassUID"], stop_before_pixels=True)
    return str(meta.get("MediaStorageSOPClassUID") or header.SOPClassUID), str(meta.TransferSyntaxUID)


def send(job, files, results):
    contexts = {identity for _, identity in files}
    entity = AE(ae_title="PYNETDICOM")
    for sop_class, syntax in contexts:
        entity.add_requested_context(sop_class, syntax)
    association = entity.associate(job["host"], job["port"], ae_title=job["ae"], max_pdu=job["pdu"])
    if not association.is_established:
        results.extend({"path": path, "status": "no association"} for path, _ in files)
        return
    for path, _ in files:
        try:
            status = association.send_c_store(path)
            results.append({"path": path, "status": status.Status if "Status" in status else "no answer"})
        except (ValueError, AttributeError) as error:
            results.append({"path": path, "status": f"refused by the sender: {error}"})
    association.release()


def main():
    job = json.load(sys.stdin)
    if job["pdu"]:
        DIMSEServiceProvider.maximum_pdu_size = property(lambda self: job["pdu"])
    results = []
    pending = []
    contexts = set()
    for path in job["files"]:
        try:
            known = identity(path)
        except Exception as error:  # every way a broken file can fail to be read is a reason, not a crash
            results.append({"path": path, "status": f"not readable: {type(error).__name__}: {error}"})
            continue
        if len(contexts | {known}) > CONTEXTS:
            send(job, pending, results)
            pending, contexts = [], set()
        pending.append((path, known))
        contexts.add(known)
    if pending:
        send(job, pending, results)
    json.dump(results, sys.stdout)


main()
