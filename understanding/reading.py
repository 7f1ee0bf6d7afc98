from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

URGENT = ("crisis", "emergency")
CLINICIAN = ("eligibility", "medical_advice")


@dataclass(frozen=True)
class Reading:
    """What the trained model makes of one text."""

    labels: Mapping[str, float]  # "faq/session_length", "unanswered/cost", "eligibility", … -> probability, sums to 1
    danger: float  # that it is crisis or emergency
    clinician: float  # that it is eligibility or medical_advice
    scope: float  # higher: more like what the model knows

    def as_dict(self) -> dict[str, Any]:
        return {
            "labels": {label: round(share, 5) for label, share in self.labels.items()},
            "danger": round(self.danger, 5),
            "clinician": round(self.clinician, 5),
            "scope": round(self.scope, 4),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Reading":
        return cls(
            labels=dict(values["labels"]),
            danger=float(values["danger"]),
            clinician=float(values["clinician"]),
            scope=float(values["scope"]),
        )
