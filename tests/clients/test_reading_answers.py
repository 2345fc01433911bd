"""What is read out of an answer. If a slice is off by a byte, `raw_part` no longer proves what the shop said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.clients.answers import Answer, Unreadable, body_in, json_in, json_of, slices_of, wait_in
from include.clients.problems import problems_of

JSON = {"content-type": "application/json; charset=utf-8"}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
spaces = st.text(alphabet=" \t\r\n", max_size=4)


@given(st.lists(st.tuples(values, spaces, spaces), max_size=6), spaces, spaces, st.booleans())
def test_every_slice_is_exactly_what_stood_on_the_page(rows, before, behind, ascii_only):
    texts = [json.dumps(value, ensure_ascii=ascii_only) for value, _, _ in rows]
    page = before + "[" + ",".join(f"{left}{text}{right}" for text, (_, left, right) in zip(texts, rows, strict=True))
    page += ("" if rows else before) + "]" + behind

    found = slices_of(page.encode())

    assert [text.decode() for text, _ in found] == texts
    assert [content for _, content in found] == [json.loads(text, parse_float=Decimal) for text in texts]


@given(values, st.booleans())
def test_the_fast_reader_and_the_patient_one_read_the_same(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)

    read = json_of(text.encode())

    assert read == json.loads(text, parse_float=Decimal)
    assert repr(read) == repr(json.loads(text, parse_float=Decimal))  # 1.10 is not 1.1, and 1 is not Decimal(1)


def test_signs_of_any_alphabet_odd_spaces_and_escapes_stay_as_they_were():
    first = '{ "id" :1,\n\t"name": "Zoë 🚲 \\u0000 \\ud83d \\/ naïve" , "total":1.10}'
    second = '{"id":2,"weight":1e3,"note":"a\tb"}'
    answer = Answer(200, JSON, f" [\r\n{first} ,{second}\n] ".encode())

    found = slices_of(body_in(answer))

    assert [text.decode() for text, _ in found] == [first, second]
    assert found[0][1]["total"] == Decimal("1.10")
    assert str(found[0][1]["total"]) == "1.10"
    assert isinstance(found[1][1]["weight"], Decimal)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "{}",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1]]",
        "[1] x",
        '[{"id":1}',
        '[{"id":1',
        '["\\',
        "[NaN]",
        "[tru]",
        "x",
    ],
)
def test_a_list_that_stops_in_the_middle_or_is_none_is_not_taken_for_a_shorter_one(page):
    with pytest.raises(Unreadable):
        slices_of(page.encode())


@pytest.mark.parametrize(
    ("headers", "body", "what"),
    [
        ({"content-type": "text/html; charset=utf-8"}, b"<html></html>", "text/html"),
        ({}, b"{}", "no content type"),
        ({"content-type": "<script>"}, b"{}", "no content type"),
        (JSON, b"", "empty"),
        (JSON, b"  \n", "empty"),
        (JSON, b'{"a": 1', "stops in the middle"),
        (JSON, b'{"a": NaN}', "stops in the middle or is none"),
        (JSON, b'{"a": Infinity}', "stops in the middle or is none"),
        (JSON, b"{} {}", "more than one"),
        (JSON, b'{"a": "\xff"}', "UTF-8"),
        (JSON, b"[" * 100_000, "stops in the middle or is none"),
        (JSON, b"1" * 5000, "stops in the middle or is none"),
    ],
)
def test_an_answer_that_cannot_be_read_says_why_without_its_body(headers, body, what):
    with pytest.raises(Unreadable) as raised:
        json_in(Answer(200, headers, body))

    assert what in str(raised.value)
    assert raised.value.__context__ is None  # a parser's error would carry the body along


@pytest.mark.parametrize(
    "kind", ["application/json", "APPLICATION/JSON;charset=utf-8", "application/problem+json", "text/json"]
)
def test_json_goes_by_several_names(kind):
    assert json_in(Answer(200, {"content-type": kind}, b'\xef\xbb\xbf{"a": 0.10}')) == {"a": Decimal("0.10")}


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ([{"status": 404, "message": "Not here."}], ("Not here.",)),
        ({"status": 422, "title": "Wrong", "errors": {"sku": "missing"}}, ("sku: missing", "Wrong")),
        ({"status": 422, "title": "Wrong", "errors": {}}, ("Wrong",)),
        ({"Title": "Unauthorized", "Detail": "TokenExpired"}, ("Unauthorized", "TokenExpired")),
        ({"title": "Forbidden", "detail": "AuthenticationUnsuccessful"}, ("Forbidden", "AuthenticationUnsuccessful")),
        ({"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "No JSON."}, ("No JSON.",)),
        (
            {
                "ErrorNumber": 10,
                "Message": "A validation exception occurred",
                "Elements": [
                    {
                        "Name": "Jane of 1 Example Street",
                        "ValidationErrors": [{"Message": "Name is taken."}],
                        "LineItems": [
                            {"ValidationErrors": [{"Message": "No account."}, {"Message": "Name is taken."}]}
                        ],
                    }
                ],
            },
            ("Name is taken.", "No account."),
        ),
        ({"error": "invalid_client"}, ("invalid_client",)),
        ({"unheard": "of"}, ()),
        (7, ()),
    ],
)
def test_a_refusal_gives_its_messages_in_whatever_shape_and_nothing_else_of_it(content, problems):
    assert problems_of(Answer(400, JSON, json.dumps(content).encode())) == problems


def test_a_refusal_that_is_a_web_page_has_no_messages():
    assert problems_of(Answer(400, {"content-type": "text/html"}, b"<h1>Jane Doe</h1>")) == ()


@given(st.integers(0, 10**6))
def test_a_wait_is_the_same_in_seconds_and_as_a_moment_by_the_answers_own_clock(seconds):
    sent = datetime(2026, 11, 24, 6, tzinfo=UTC)
    until = format_datetime(sent + timedelta(seconds=seconds), usegmt=True)

    assert wait_in({"retry-after": str(seconds)}) == seconds
    assert wait_in({"retry-after": until, "date": format_datetime(sent, usegmt=True)}) == seconds


odd = st.text(max_size=30) | st.text("0123456789:,-+ GMTueNov", max_size=30)


@given(odd, odd)
def test_whatever_stands_in_retry_after_is_a_wait_or_none(retry_after, date):
    found = wait_in({"retry-after": retry_after, "date": date})

    assert found is None or found >= 0
