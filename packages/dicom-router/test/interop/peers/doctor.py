"""pynetdicom doing what machines do wrong. One JSON job on standard input.

`ask`: a list of associations, each with its contexts and how it ends; prints for each whether it came to be.
`serve`: a provider that lets in nobody, or only who calls itself as told; prints `ready`, and ends with its standard input.
"""

import json
import sys

from pynetdicom import AE
from pynetdicom.sop_class import Verification


def ask(job):
    results = []
    for wanted in job["associations"]:
        ae = AE(ae_title=wanted["title"])
        ae.acse_timeout = ae.dimse_timeout = ae.connection_timeout = 20
        for sop_class, syntaxes in wanted["contexts"]:
            ae.add_requested_context(sop_class, syntaxes)
        association = ae.associate("127.0.0.1", job["port"], ae_title="FILMLESS")
        results.append(association.is_established or association.is_aborted)
        if association.is_established:
            if wanted.get("end") == "abort":
                association.abort()
            else:
                association.release()
    print(json.dumps(results), flush=True)


def serve(job):
    ae = AE(ae_title=job["title"])
    ae.add_supported_context(Verification)
    ae.require_called_aet = True
    ae.require_calling_aet = job.get("knows", [])
    server = ae.start_server(("127.0.0.1", job["port"]), block=False)
    print("ready", flush=True)
    sys.stdin.read()
    server.shutdown()


todo = json.loads(sys.stdin.readline())
{"ask": ask, "serve": serve}[todo["do"]](todo)
