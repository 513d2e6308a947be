"""What the DICOMweb checks share: the client, the files, and the model of what the server should hold."""

import json
import os
import sys
import unicodedata
import warnings
from dataclasses import dataclass, field

import pydicom
import requests
from dicomweb_client.api import DICOMwebClient

warnings.filterwarnings("ignore")

NOT_DICOM = (".md", ".tsv", ".txt", ".json", ".ts")


@dataclass
class Setup:
    """From the command line: a JSON object with url, token, root (folder of files) and state (file between the scripts)."""

    url: str
    token: str
    root: str
    state: str

    def client(self):
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self.token}"
        client = DICOMwebClient(f"{self.url}/dicom-web", session=session)
        # It would leave the port out of its Host header, and the server makes its links from that.
        client.host = self.url.split("//")[1]
        return client


@dataclass
class Report:
    """Printed as JSON at the end: how many things were compared, and every difference."""

    checked: dict = field(default_factory=dict)
    failures: list = field(default_factory=list)

    def count(self, what, number=1):
        self.checked[what] = self.checked.get(what, 0) + number

    def fail(self, text):
        self.failures.append(text[:400])

    def expect(self, holds, text):
        if not holds:
            self.fail(text() if callable(text) else text)

    def finish(self, **more):
        json.dump({"checked": self.checked, "failures": self.failures, **more}, sys.stdout)


def setup():
    return Setup(**json.loads(sys.argv[1]))


def files(root):
    for folder, names, leaves in os.walk(root):
        names.sort()
        for leaf in sorted(leaves):
            if not leaf.endswith(NOT_DICOM):
                yield os.path.relpath(os.path.join(folder, leaf), root)


def read_bytes(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read()


def data_set_offset(data):
    """Where the data set begins: behind preamble and group 0002, which is explicit little endian. PS3.10 7.1."""
    at = 132 if data[128:132] == b"DICM" else 0
    while data[at : at + 2] == b"\x02\x00":
        vr = data[at + 4 : at + 6]
        if vr in (b"OB", b"UN", b"OW", b"UT", b"SQ"):
            at += 12 + int.from_bytes(data[at + 8 : at + 12], "little")
        else:
            at += 8 + int.from_bytes(data[at + 6 : at + 8], "little")
    return at


@dataclass(frozen=True)
class Instance:
    path: str
    study: str
    series: str
    instance: str

    @property
    def uids(self):
        return self.study, self.series, self.instance


def kept(config):
    """The instances the server took, as dicomweb_store.py wrote them down."""
    with open(config.state) as file:
        return [Instance(**entry) for entry in json.load(file)]


def readable(config):
    """The kept instances that pydicom can read, with their data set; it reads one file of the corpus as empty."""
    for instance in kept(config):
        ds = read(config, instance)
        if "StudyInstanceUID" in ds:
            yield instance, ds


def read(config, instance):
    return pydicom.dcmread(os.path.join(config.root, instance.path), force=True)


def fold(text):
    """The searched form of a name: no marks, no case, đ as d, carets and runs of spaces as one space."""
    plain = "".join(c for c in unicodedata.normalize("NFD", str(text)) if unicodedata.category(c) != "Mn")
    for letter in "đĐðÐ":
        plain = plain.replace(letter, "d")
    return " ".join(plain.lower().replace("^", " ").replace("\0", " ").split())
