"""Mobile and identity numbers are masked; no real one stands in this file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import mask_numbers, mask_values

MOBILE = "1" + "39" + "0000" + "1234"
IDENTITY = "41" + "0000" + "1990" + "0101" + "000"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (MOBILE, "139******34"),
        (f"联系人{MOBILE}转王某", "联系人139******34转王某"),
        (f"{MOBILE[:3]} {MOBILE[3:7]} {MOBILE[7:]}", "139 **** **34"),
        (f"{MOBILE[:3]}-{MOBILE[3:7]}-{MOBILE[7:]}", "139-****-**34"),
        (f"+86{MOBILE}", "+86139******34"),
        (f"+86 {MOBILE}", "+86 139******34"),
        (f"0086-{MOBILE}", "0086-139******34"),
        (f"{MOBILE}/{MOBILE}", "139******34/139******34"),
        (IDENTITY + "4", "410*************04"),
        (IDENTITY + "X", "410*************0X"),
        (IDENTITY + "x。", "410*************0x。"),
        (f"{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}4", "410*** ******** **04"),
        ("41" + "0000" + "900101" + "123", "410**********23"),
    ],
)
def test_mobile_and_identity_numbers_lose_their_middle(written, shown):
    assert mask_numbers(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "县1-0412-03",
        "长2019-0801-01",
        "K14+950",
        "2019-04-12 10:30",
        "20190412",
        "0373-" + "5012345",
        "0373" + "5012345",
        "12345",
        "3处垃圾，200米",
        "35.303004,113.926800",
        "1" + "2345678901",
        "",
    ],
)
def test_other_numbers_stay_as_they_are(written):
    assert mask_numbers(written) == written


@given(st.text(alphabet="0123456789 -+86X１３垃", max_size=60))
def test_masking_twice_is_masking_once(text):
    once = mask_numbers(text)

    assert mask_numbers(once) == once
    assert len(once) == len(text)


@given(st.text(max_size=30), st.text(alphabet="0123456789", min_size=8, max_size=8), st.text(max_size=30))
def test_no_mobile_number_survives(before, digits, after):
    number = "1" + "58" + digits

    shown = mask_numbers(f"{before}，{number}，{after}")

    assert number not in shown


def test_of_a_messages_values_only_texts_are_masked():
    values = {"words": "找某甲" + "138" + "1234" * 2, "deadline": "2019-04-15T18:00:00+08:00", "count": 3}

    shown = mask_values(values)

    assert shown == {"words": "找某甲138******34", "deadline": "2019-04-15T18:00:00+08:00", "count": 3}
