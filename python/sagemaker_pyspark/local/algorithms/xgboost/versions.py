"""Which version of XGBoost an image stands for, and how versions differ in what a user sees."""

from __future__ import annotations

import re
from dataclasses import dataclass

NEWEST = (3, 0)
FIRST = (0, 72)
_TAG = re.compile(r"(\d+)\.(\d+)(?:$|[-.])")


@dataclass(frozen=True)
class Version:
    """``number`` is (major, minor) of the XGBoost in the image."""

    number: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.number[0]}.{self.number[1]}"

    @property
    def is_first(self) -> bool:
        """Whether it is 0.72, with its own form of answers."""
        return self.number == FIRST

    @property
    def pickles(self) -> bool:
        """Whether the real image writes its model as a pickle."""
        return self.number < (1, 3)

    @property
    def estimates_base_score(self) -> bool:
        """Whether the first prediction comes from the labels; it was 0.5 before."""
        return self.number >= (2, 0)

    @property
    def defaults_to_histograms(self) -> bool:
        """Whether ``tree_method`` of ``auto`` is ``hist``; on small data it was ``exact`` before."""
        return self.number >= (2, 0)


def version_of(image: str) -> Version:
    """The version behind an image's name: ``xgboost:1`` and ``xgboost:latest`` are 0.72,
    ``sagemaker-xgboost:1.7-1`` is 1.7, a name without a version the newest.
    """
    name = image.split("@")[0].rsplit("/", 1)[-1]
    repository, _, tag = name.partition(":")
    match = _TAG.match(tag)
    if match is not None:
        return Version((int(match[1]), int(match[2])))
    return Version(FIRST if repository == "xgboost" else NEWEST)
