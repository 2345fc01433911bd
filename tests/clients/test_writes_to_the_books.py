"""What became of each element of a write. If a fate is misread, an invoice is posted twice or believed to be there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from far_end import in_turn, invoices, json_bytes, stored, the_books

from include.clients.errors import OutcomeUnknown, Refused

NO_ID = "00000000-0000-0000-0000-000000000000"
AN_ID = "60aa5d55-a47e-4665-a974-874bb50263b9"
TAKEN = {"Message": "Invoice # must be unique."}


def answers(*elements: dict[str, Any], kind: str = "Invoices", status: int = 200) -> httpx.Response:
    name = "Elements" if status == 400 else kind
    return httpx.Response(status, json={"Type": "ValidationException" if status == 400 else None, name: list(elements)})


def good(number: str, **more: Any) -> dict[str, Any]:
    return {"InvoiceID": AN_ID, "InvoiceNumber": number, "StatusAttributeString": "OK", "HasErrors": False, **more}


def bad(number: str | None, **more: Any) -> dict[str, Any]:
    refused: dict[str, Any] = {
        "InvoiceID": NO_ID,
        "HasErrors": True,
        "StatusAttributeString": "ERROR",
        "ValidationErrors": [TAKEN],
    }
    return refused | ({"InvoiceNumber": number} if number else {}) | more


def write(answer: httpx.Response, *numbers: str) -> list[Any]:
    return the_books(in_turn(answer)).write("PUT", "Invoices", invoices(*numbers), key="k")


def test_good_and_bad_elements_come_back_in_the_order_sent_each_with_its_reason():
    first, second, third = write(
        answers(good("BC-1"), bad("BC-2"), good("BC-3", Warnings=[{"Message": "Old rate."}])), "BC-1", "BC-2", "BC-3"
    )

    assert (first.position, first.ok, first.xero_id, first.number, first.problems) == (0, True, AN_ID, "BC-1", ())
    assert (second.ok, second.xero_id, second.problems) == (False, None, ("Invoice # must be unique.",))
    assert (third.ok, third.warnings) == (True, ("Old rate.",))


def test_a_refused_update_that_echoes_the_id_of_its_record_is_not_stored():
    [element] = write(answers(bad(None, InvoiceID=AN_ID, Status="DELETED")), "BC-1")

    assert (element.ok, element.xero_id) == (False, None)


@pytest.mark.parametrize(
    "sign",
    [
        {"StatusAttributeString": "ERROR"},
        {"HasErrors": True},
        {"HasValidationErrors": True},
        {"ValidationErrors": [TAKEN]},
    ],
)
def test_any_one_sign_of_trouble_is_believed_even_beside_an_ok(sign):
    [element] = write(answers(good("BC-1", **sign)), "BC-1")

    assert not element.ok
    assert element.problems


def test_reasons_that_hang_on_lines_and_contacts_are_found():
    lines = [{"ValidationErrors": [{"Message": "Account code '999' is not a valid code for this document."}]}]
    [element] = write(
        answers(bad("BC-1", ValidationErrors=[], LineItems=lines, Contact={"ValidationErrors": [TAKEN]})), "BC-1"
    )

    assert set(element.problems) == {
        "Account code '999' is not a valid code for this document.",
        "Invoice # must be unique.",
    }


@pytest.mark.parametrize("found", [[], [good("BC-1")], [good("BC-1"), good("BC-2"), good("BC-3")]])
def test_an_answer_with_more_or_fewer_elements_than_were_sent_settles_nothing(found):
    with pytest.raises(OutcomeUnknown):
        write(answers(*found), "BC-1", "BC-2")


def test_an_answer_in_another_order_settles_nothing():
    with pytest.raises(OutcomeUnknown, match="another order"):
        write(answers(good("BC-2"), good("BC-1")), "BC-1", "BC-2")


def test_an_element_with_neither_id_nor_reason_settles_nothing():
    with pytest.raises(OutcomeUnknown, match="neither"):
        write(answers(good("BC-1", InvoiceID=NO_ID)), "BC-1")


def test_a_refusal_that_lists_every_element_gives_each_its_reason():
    first, second = write(
        answers(bad("BC-1"), bad("BC-2", ValidationErrors=[{"Message": "No."}]), status=400), "BC-1", "BC-2"
    )

    assert (first.ok, first.problems, second.problems) == (False, ("Invoice # must be unique.",), ("No.",))


def test_a_refusal_that_lists_only_some_leaves_the_others_unknown():
    with pytest.raises(OutcomeUnknown):
        write(answers(bad("BC-2"), status=400), "BC-1", "BC-2")
    with pytest.raises(OutcomeUnknown):
        write(answers(good("BC-1"), bad("BC-2"), status=400), "BC-1", "BC-2")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "Not well formed."}, "Not well formed."),
        (
            {
                "ErrorNumber": 10,
                "Type": "ValidationException",
                "Message": "A validation exception occurred",
                "Elements": [],
            },
            "A validation exception occurred",
        ),
        ({"Title": "Bad request", "Status": 400, "Detail": "The header is missing."}, "Bad request"),
    ],
)
def test_a_refusal_of_the_whole_call_is_refused_in_whichever_shape(content, problem):
    with pytest.raises(Refused) as raised:
        write(httpx.Response(400, json=content), "BC-1", "BC-2")
    assert raised.value.problems[0] == problem
    assert problem in str(raised.value)


def test_a_refusal_without_a_readable_body_is_refused_all_the_same():
    with pytest.raises(Refused, match="without a reason"):
        write(httpx.Response(400, content=b"<html>", headers={"content-type": "text/html"}), "BC-1")


def test_a_key_that_xero_knows_with_other_bytes_means_that_something_was_stored():
    said = {"Title": "Bad request", "Detail": "Idempotency Key: k is used with a different request."}

    with pytest.raises(OutcomeUnknown):
        write(httpx.Response(400, json=said), "BC-1")


def test_a_write_says_what_xero_documents_and_carries_the_bytes_untouched():
    seen: list[httpx.Request] = []
    books = the_books(lambda request: seen.append(request) or stored("BC-1"))
    body = b' {"Invoices" : [ {"InvoiceNumber":"BC-1", "note":"Zo\xc3\xab"} ] }\n'
    books.write("PUT", "Invoices", body, key="key-1")

    [request] = seen
    assert (request.method, request.url.path) == ("PUT", "/api.xro/2.0/Invoices")
    assert dict(request.url.params) == {"summarizeErrors": "false", "unitdp": "4"}
    assert request.content == body
    assert request.headers["idempotency-key"] == "key-1"
    assert request.headers["xero-tenant-id"] == "tenant"
    assert request.headers["accept"] == "application/json"


def test_a_custom_connection_names_no_tenant():
    seen: list[httpx.Request] = []
    the_books(lambda request: seen.append(request) or stored("BC-1"), tenant_id=None).write(
        "PUT", "Invoices", invoices("BC-1"), key="k"
    )

    assert "xero-tenant-id" not in seen[0].headers


@pytest.mark.parametrize(
    ("method", "resource", "params", "kind"),
    [
        ("PUT", "Contacts", {"summarizeErrors": "false"}, "Contacts"),
        ("POST", "Invoices", {"summarizeErrors": "false", "unitdp": "4"}, "Invoices"),
        ("PUT", "CreditNotes", {"summarizeErrors": "false", "unitdp": "4"}, "CreditNotes"),
        ("PUT", f"CreditNotes/{AN_ID}/Allocations", {"summarizeErrors": "false"}, "Allocations"),
        ("PUT", "Payments", {"summarizeErrors": "false"}, "Payments"),
        ("POST", f"Payments/{AN_ID}", {}, "Payments"),
    ],
)
def test_each_kind_of_write_has_its_own_parameters(method, resource, params, kind):
    seen: list[httpx.Request] = []
    element = {"ContactID": AN_ID, "InvoiceID": AN_ID, "CreditNoteID": AN_ID, "PaymentID": AN_ID}

    def far(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers(element, kind=kind)

    [written] = the_books(far).write(method, resource, json_bytes({"Status": "DELETED"}), key="k")

    assert written.ok
    assert seen[0].url.path == f"/api.xro/2.0/{resource}"
    assert dict(seen[0].url.params) == params


@pytest.mark.parametrize(
    ("method", "resource", "body", "key"),
    [
        ("DELETE", "Invoices", invoices("BC-1"), "k"),
        ("PUT", "Accounts", invoices("BC-1"), "k"),
        ("PUT", "Invoices/../Accounts", invoices("BC-1"), "k"),
        ("PUT", "CreditNotes/x?a=b/Allocations", invoices("BC-1"), "k"),
        ("POST", "Payments", invoices("BC-1"), "k"),
        ("PUT", "Invoices", invoices("BC-1"), ""),
        ("PUT", "Invoices", invoices("BC-1"), "k" * 129),
        ("PUT", "Invoices", invoices("BC-1"), "two\nlines"),
        ("PUT", "Invoices", invoices(), "k"),
        ("PUT", "Invoices", invoices(*map(str, range(51))), "k"),
        ("PUT", "Invoices", b"[" + b" " * 3_000_000 + b"{}]", "k"),
        ("PUT", "Invoices", b"not json", "k"),
        ("PUT", "Invoices", b"7", "k"),
    ],
)
def test_a_write_that_must_not_leave_is_our_own_mistake(method, resource, body, key):
    books = the_books(in_turn())

    with pytest.raises(ValueError, match=r".+"):
        books.write(method, resource, body, key=key)
    assert books.calls == 0
