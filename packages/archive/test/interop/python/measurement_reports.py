"""Reads published objects with highdicom: the measurements of a report with their units and places, the images of a key object selection."""

import json
import sys
import warnings

from highdicom.ko import KeyObjectSelectionDocument
from highdicom.sr import srread
from pydicom import dcmread

warnings.simplefilter("ignore")


def measured(group):
    return [
        {
            "name": one.name.meaning,
            "value": float(one.value),
            "unit": one.unit.value,
            "derivation": one.derivation.meaning if one.derivation is not None else None,
        }
        for one in group.get_measurements()
    ]


def report(path):
    content = srread(path).content
    lines = content.get_image_measurement_groups()
    regions = content.get_planar_roi_measurement_groups()
    return {
        "lines": [{"tracking": one.tracking_identifier, "uid": one.tracking_uid, "measurements": measured(one)} for one in lines],
        "regions": [
            {
                "tracking": one.tracking_identifier,
                "uid": one.tracking_uid,
                "measurements": measured(one),
                "graphic": one.roi.graphic_type.value,
                "data": one.roi.value.tolist(),
            }
            for one in regions
        ],
    }


def key_images(path):
    document = KeyObjectSelectionDocument.from_dataset(dcmread(path))
    return {"images": [str(one.referenced_sop_instance_uid) for one in document.content.get_references()]}


def answer(request):
    try:
        return report(request["path"]) if request["kind"] == "report" else key_images(request["path"])
    except Exception as error:  # noqa: BLE001 - each object answers for itself
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
