"""docs/COMPATIBILITY.md's reference speaks of every operation and field of the published model, and of no other."""

import os
import pathlib
import re

import botocore.session
import compatibility

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "COMPATIBILITY.md"
MARKED = re.compile(r"(<!-- reference -->\n).*?(\n<!-- end reference -->)", re.S)


def model():
    return botocore.session.get_session().get_service_model("apigatewayv2")


def test_every_field_of_the_model_is_in_one_group():
    for name, fields in compatibility.RESOURCES.items():
        shape = model().shape_for(name)
        expected = {member.serialization.get("name", key) for key, member in shape.members.items()}
        assert set(fields) == expected, name


def test_every_operation_is_built_or_listed_as_not_yet():
    built = {name for names in compatibility.OPERATIONS.values() for name in names.split()}
    not_yet = re.search("<!-- operations not yet -->(.*?)<!-- end -->", DOCUMENT.read_text(), re.S).group(1)
    assert built | set(re.findall(r"`(\w+)`", not_yet)) == set(model().operation_names)
    assert len(built) == 77


def test_the_document_is_up_to_date():
    text = DOCUMENT.read_text()
    fresh = MARKED.sub(lambda found: found[1] + compatibility.reference() + found[2], text)
    if os.environ.get("UPDATE_EXPECT"):
        DOCUMENT.write_text(fresh)
    assert MARKED.search(text) and (text == fresh or os.environ.get("UPDATE_EXPECT"))
