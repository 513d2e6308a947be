"""Says what stands in files whose attributes a router changed, by SOP Instance UID, as pydicom reads it.

Arguments: files. Prints JSON.
"""

import json
import sys

import pydicom


def said(path):
    data_set = pydicom.dcmread(path)
    notes = data_set.get("OriginalAttributesSequence", [])
    return str(data_set.SOPInstanceUID), {
        "institution": str(data_set.get("InstitutionName", "")),
        "phone": "PatientTelephoneNumbers" in data_set,
        "patient": str(data_set.PatientName),
        "notes": [
            {
                "reason": note.ReasonForTheAttributeModification,
                "system": note.ModifyingSystem,
                "source": note.SourceOfPreviousValues,
                "at": str(note.AttributeModificationDateTime),
                "before": {element.keyword: str(element.value) for element in note.ModifiedAttributesSequence[0]},
            }
            for note in notes
        ],
    }


json.dump(dict(map(said, sys.argv[1:])), sys.stdout)
