from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import xmlgate
from conform.errors import ConformError, TimelineError

HERE = Path("cut.xml")


def test_a_genuine_document_keeps_its_lines():
    text = "<?xml version='1.0'?>\n<!DOCTYPE xmeml>\n<xmeml>" + "\n<clip/>" * 70_000 + "</xmeml>"
    document = xmlgate.parse_bytes(text.encode(), HERE)
    assert document.where(document.root[69_999]) == "cut.xml:70003"
    assert not document.findings


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('<!DOCTYPE a [<!ENTITY x "ha">]>\n<a>&x;</a>', 1),
        ('<!DOCTYPE a [\n<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>', 1),
        ('\n<!DOCTYPE a SYSTEM "http://example.com/a.dtd">\n<a/>', 1),
        ("<a>\n" + "<b>" * 200 + "</b>" * 200 + "</a>", 2),
        ("<a>\n\n<b></a>", 3),
        ("<a>\n&unknown;</a>", 2),
        ("no xml at all", 1),
    ],
)
def test_what_is_unfit_is_refused_with_its_line(text, line):
    with pytest.raises(TimelineError) as refusal:
        xmlgate.parse_bytes(text.encode(), HERE)
    assert (refusal.value.path, refusal.value.line) == (HERE, line)


def test_a_flood_of_elements_is_refused(monkeypatch):
    monkeypatch.setattr(xmlgate, "MAX_ELEMENTS", 1000)
    xmlgate.parse_bytes(b"<a>" + b"<b/>" * 999 + b"</a>", HERE)
    with pytest.raises(TimelineError, match="1001 elements"):
        xmlgate.parse_bytes(b"<a>" + b"<b/>" * 1000 + b"</a>", HERE)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr(xmlgate, "MAX_BYTES", 10)
    path = tmp_path / "cut.xml"
    path.write_bytes(b"<a>" + b" " * 10 + b"</a>")
    with pytest.raises(TimelineError, match="17 bytes"):
        xmlgate.parse(path)


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file_says_so(tmp_path, data):
    path = tmp_path / "cut.xml"
    path.write_bytes(data)
    with pytest.raises(TimelineError, match="empty"):
        xmlgate.parse(path)


def test_a_missing_file_is_a_clear_error(tmp_path):
    with pytest.raises(TimelineError, match="cannot read"):
        xmlgate.parse(tmp_path / "cut.xml")


@pytest.mark.parametrize(
    ("declared", "actual", "odd"),
    [
        ("UTF-8", "utf-8", False),
        ("UTF-8", "utf-8-sig", False),
        ("ISO-8859-1", "latin-1", False),
        ("UTF-16", "utf-16", False),
        ("UTF-16", "utf-16-le", False),
        ("UTF-16", "utf-16-be", False),
        ("UTF-8", "utf-16", False),  # the byte order mark outranks the declaration (XML 1.0, F)
        ("UTF-8", "cp1252", True),
        ("UTF-16", "utf-8", True),
        ("x-no-such-code", "utf-8", True),
        ("cp9999", "utf-8", True),
        ("punycode", "utf-8", True),
    ],
)
def test_the_text_survives_a_wrong_declaration(declared, actual, odd):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<a>Größe</a>'
    document = xmlgate.parse_bytes(text.encode(actual), HERE)
    assert document.root.text == "Größe"
    assert [finding.code for finding in document.findings] == ["xml.encoding"] * odd


def test_control_characters_are_replaced_and_told():
    document = xmlgate.parse_bytes(b"<a>Take\x0b 3</a>", HERE)
    assert document.root.text == "Take\ufffd 3"
    assert [finding.code for finding in document.findings] == ["xml.control"]


def test_comments_and_instructions_never_stand_among_the_children():
    document = xmlgate.parse_bytes(b"<a><!-- no --><?php no ?><b/></a>", HERE)
    assert [child.tag for child in document.root] == ["b"]


@given(st.binary(max_size=300).map(lambda tail: b"<a><b>" + tail))
def test_no_bytes_raise_anything_but_our_own_error(data):
    try:
        xmlgate.parse_bytes(data, HERE)
    except ConformError as refusal:
        assert refusal.path == HERE  # noqa: PT017 (either outcome is right; only strangers are not)
