"""Sends numbered instances over several associations until QIDO finds the last, and prints how long that took, as JSON.

    send.py JOB.json

The job: host, port, called, calling, timeout (s), associations, count, perStudy, sopClass, dataSet (file), studies (for each study
the values of its fields, by name), instanceUid (%-format of study and number), fields ([offset, name] in the data set; the names
`instance` and `number` differ with every instance), httpPort, headers and find (%-format of study, series and instance UID, or null: the
path that finds an instance). Every value has the length of the one it replaces.
"""

import http.client
import json
import sys
import time

from processes import run_together
from upper_layer import Association, StoreMessage


def values_of(job, number):
    study, index = divmod(number, job["perStudy"])
    instance = job["instanceUid"] % (study, index)
    return instance, {**job["studies"][study], "instance": instance, "number": f"{index + 1:>4}"}


def worker(job, data_set):
    sop_class = job["sopClass"].encode("ascii")

    def work(share):
        association = Association(job, sop_class)
        first, _ = values_of(job, 0)
        message = StoreMessage(sop_class, first.encode("ascii"), data_set, association.longest_pdu)
        started = share.wait_for_start()
        times = []
        last = None
        for number in share.numbers():
            instance, values = values_of(job, number)
            for offset, name in job["fields"]:
                message.put(offset, values[name].encode("utf-8"))
            message.name(number % 65535 + 1, instance.encode("ascii"))
            began = time.monotonic()
            status, comment = association.store(message.buffer)
            ended = time.monotonic()
            if status != 0:
                raise RuntimeError(f"C-STORE answered {status:04X}H: {comment}")
            times.append(ended - began)
            last = (ended, number)
        yield {"started": started, "times": times, "last": last, "longestPdu": association.longest_pdu}
        association.release()

    return work


def wait_until_found(job, number):
    instance, values = values_of(job, number)
    path = job["find"] % (values["study"], values["series"], instance)
    connection = http.client.HTTPConnection(job["host"], job["httpPort"], timeout=job["timeout"])
    deadline = time.monotonic() + job["timeout"]
    while time.monotonic() < deadline:
        connection.request("GET", path, headers=job["headers"])
        response = connection.getresponse()
        body = response.read()
        if response.status == 200 and instance.encode("ascii") in body:
            return time.monotonic()
        time.sleep(0.002)
    raise SystemExit(f"QIDO did not find the last instance: {response.status} {body[:200]!r}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    with open(job["dataSet"], "rb") as file:
        data_set = file.read()
    results, finish = run_together(job["associations"], job["count"], worker(job, data_set))
    _, number = max(result["last"] for result in results if result["last"] is not None)
    found = time.monotonic() if job["find"] is None else wait_until_found(job, number)
    print(
        json.dumps(
            {
                "seconds": found - min(result["started"] for result in results),
                "longestPdu": results[0]["longestPdu"],
                "responseMs": [1000 * value for result in results for value in result["times"]],
            }
        )
    )
    finish()


main()
