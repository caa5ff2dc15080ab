"""A timeline as xmeml 5, for Premiere, Resolve and whoever still reads Final Cut Pro 7 XML."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from adapters.fcp7xml.write.sequence import sequence_element
from adapters.fcp7xml.write.sheet import Sheet
from conform.findings import Finding
from conform.timeline import Timeline
from conform.writing import whole_file

__all__ = ["write"]


def write(
    timeline: Timeline, path: Path, *, force: bool = False, sources: Iterable[Path] = ()
) -> tuple[Finding, ...]:
    """Write a timeline whole to a path; the findings say what the format could not hold.

    Raises `RenderError` where the path is taken or cannot be written, `TimelineError` where the
    timeline's rate has no form in the format.
    """
    sheet = Sheet(timeline)
    root = etree.Element("xmeml", version="5")
    root.append(sequence_element(sheet))
    text = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE xmeml>", pretty_print=True
    )
    with whole_file(path, force=force, sources=sources) as temporary:
        temporary.write_bytes(text)
    return sheet.odd.told()
