"""A pynetdicom provider of storage: keeps the bytes of data sets by SOP Instance UID, and fails as it is told.

Arguments: port, folder, and statuses (hexadecimal) with which the first requests are answered.
"""

import os
import sys

from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification

PORT, FOLDER, *STATUSES = sys.argv[1:]
pending = [int(status, 16) for status in STATUSES]


def handle_store(event):
    status = pending.pop(0) if pending else 0x0000
    if status == 0:
        path = os.path.join(FOLDER, event.request.AffectedSOPInstanceUID)
        with open(path + ".part", "wb") as file:
            file.write(event.request.DataSet.getvalue())
        os.rename(path + ".part", path)
    return status


ae = AE(ae_title="PYNETDICOM")
ae.maximum_pdu_size = 0
ae.add_supported_context(Verification)
with open(os.path.join(FOLDER, "contexts")) as file:
    for line in file.read().splitlines():
        ae.add_supported_context(*line.split(" "))
server = ae.start_server(("127.0.0.1", int(PORT)), block=False, evt_handlers=[(evt.EVT_C_STORE, handle_store)])
print("ready", flush=True)
sys.stdin.read()
server.shutdown()
