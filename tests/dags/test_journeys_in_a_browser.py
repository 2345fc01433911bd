"""Business risk: finance cannot do its work without an engineer, or not without a mouse.

The pictures lie in `BRIDGE_PICTURES` (`.local/pictures`), for whoever looks at a build.
"""

import pytest
from console_browser import BROWSER, window

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no browser on this machine")


@pytest.fixture
def desk(console, ran):
    console.decides("demo", "finance")
    return console


def test_a_newcomer_finds_a_held_order_understands_it_releases_it_and_sees_the_invoice(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("review?store=demo")
        seen.reads("what waits for a person")
        seen.picture("review-list-light")
        seen.press("tax_rate_unmapped")
        seen.press("1029")
        told = seen.reads("Order 1029")
        assert "City levy" in told
        assert "Add a tax rule for" in told
        assert "Invoice BC-1029 of" in told
        seen.picture("review-order-light")
        seen.type("why", "the levy is right")
        seen.press("Post it as shown")
        seen.reads("Decided: post. The next run carries it out")
        seen.picture("review-decided-light")

        ran.a_while_later()
        ran.run()

        seen.press("See it")
        told = seen.reads("In the books as BC-1029")
        assert "decided: post the invoice held as tax_rate_unmapped" in told
        assert "the levy is right" in told
        seen.picture("order-released-light")
        seen.theme("dark")
        seen.open("order?store=demo&order=1029")
        seen.picture("order-released-dark")
        seen.open("review?store=demo")
        seen.picture("review-list-dark")
        seen.narrow()
        seen.open("order?store=demo&order=1029")
        seen.picture("order-released-narrow")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.open("review?store=demo")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.picture("review-list-narrow")


def test_an_order_is_found_by_number_invoice_and_email_and_no_address_holds_the_email(desk, ran, tmp_path):
    from include.stages.console.life import life_of

    email = life_of(ran.db, ran.store, 1004, with_person=True).person.email
    with window(desk, tmp_path, "finance") as seen:
        addresses = []
        for asked in ("1004", "BC-1004", email):
            seen.open("review?store=demo")
            seen.type("q", asked)
            seen.keys("Enter")
            seen.reads("Order 1004" if asked != email else "1004")
            addresses.append(seen.address())
        seen.picture("order-found-by-email-light")
    assert addresses[0] == addresses[1]
    assert not [each for each in addresses if "@" in each or "%40" in each]


def test_the_desk_is_worked_by_keys_alone(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("review?store=demo&reason=cancelled_with_money")
        seen.keys("j", "x")
        assert seen.run("document.querySelectorAll('#waits input:checked').length") == 1
        seen.keys("Enter")
        seen.reads("is held: cancelled with money")
        seen.type("why", "looked at")
        seen.picture("review-keys-light")
        seen.keys("Enter")
        seen.reads("Decided:")


def test_a_viewer_reads_and_is_told_who_decides(desk, ran, tmp_path):
    with window(desk, tmp_path, "eve") as seen:
        seen.open("review?store=demo&order=1030")
        seen.reads("Order 1030")
        seen.open("review?store=demo")
        assert "eve may read, and not decide" in seen.words()
        seen.picture("review-viewer-light")


def test_today_shows_what_is_red_first_and_leads_to_what_waits(desk, ran, tmp_path):
    with window(desk, tmp_path, "finance") as seen:
        seen.open("today")
        told = seen.reads("wait for a person")
        assert "Demo shop" in told
        seen.picture("today-light")
        seen.theme("dark")
        seen.open("today?store=demo")
        seen.reads("placed on")
        seen.picture("today-dark")
        seen.narrow()
        seen.open("today?store=demo")
        assert seen.run("document.documentElement.scrollWidth") <= 400
        seen.narrow(0)
        seen.press("orders wait for a person")
        seen.reads("Review desk")
