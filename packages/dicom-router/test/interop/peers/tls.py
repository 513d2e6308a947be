"""pynetdicom over TLS, as user and as provider. One JSON job on standard input, one JSON line as the result."""

import json
import ssl
import sys

from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.pdu_primitives import UserIdentityNegotiation
from pynetdicom.sop_class import SecondaryCaptureImageStorage, Verification


def context(job, server):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(job["ca"])
    if "cert" in job:
        made.load_cert_chain(job["cert"], job["key"])
    made.verify_mode = ssl.CERT_REQUIRED
    if "version" in job:
        made.minimum_version = made.maximum_version = ssl.TLSVersion[job["version"]]
        made.set_ciphers("DEFAULT@SECLEVEL=0")
    return made


def identity(job):
    item = UserIdentityNegotiation()
    item.user_identity_type = job["type"]
    item.positive_response_requested = True
    item.primary_field = job["primary"].encode()
    if job["type"] == 2:
        item.secondary_field = job["secondary"].encode()
    return item


def user(job):
    ae = AE(ae_title=job["title"])
    ae.connection_timeout = 10
    ae.acse_timeout = 10
    ae.add_requested_context(Verification)
    ae.add_requested_context(SecondaryCaptureImageStorage, ExplicitVRLittleEndian)
    extra = [identity(job["identity"])] if "identity" in job else []
    tls = None if job.get("plain") else (context(job, False), "localhost")
    association = ae.associate("127.0.0.1", job["port"], ae_title="FILMLESS", tls_args=tls, ext_neg=extra)
    result = {"established": association.is_established, "rejected": association.is_rejected, "statuses": []}
    if association.is_established:
        result["statuses"].append(association.send_c_echo().Status)
        for path in job.get("files", []):
            result["statuses"].append(association.send_c_store(dcmread(path)).Status)
        response = association.acceptor.user_identity
        result["positive"] = response is not None
        association.release()
    print(json.dumps(result))


def provider(job):
    def store(event):
        instance = event.dataset
        instance.file_meta = event.file_meta
        instance.save_as(f"{job['folder']}/{instance.SOPInstanceUID}.dcm", enforce_file_format=True)
        return 0

    ae = AE(ae_title=job["title"])
    ae.add_supported_context(Verification)
    ae.add_supported_context(SecondaryCaptureImageStorage, ExplicitVRLittleEndian)
    ae.start_server(("127.0.0.1", job["port"]), evt_handlers=[(evt.EVT_C_STORE, store)], ssl_context=context(job, True), block=False)
    print("ready", flush=True)
    sys.stdin.read()


def main():
    job = json.loads(sys.stdin.readline())
    (provider if job["do"] == "provide" else user)(job)


main()
