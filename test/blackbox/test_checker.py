"""The independent checker must find what is wrong: tested with targets that hold one known fault each."""
import base64
import subprocess
import sys

import pytest

from lib import values
from lib.compare import compare, expected_items, Report
from lib.designs import DESIGNS, sortable
from lib.sources import open_source
from support import ROOT


class FakeTarget:
    """Holds items in memory, as boto3 would give them."""

    def __init__(self, items):
        self.held = items

    def tables(self):
        return list(self.held)

    def key(self, table):
        return []

    def items(self, table):
        return list(self.held[table].values())


@pytest.fixture(scope="module")
def shop_url(tmp_path_factory):
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    subprocess.run([sys.executable, ROOT / "examples/shop/make_shop.py", path], check=True, capture_output=True)
    return f"sqlite:{path}"


def faultless(url, design):
    import json
    source = open_source(url)
    item_types = DESIGNS[design](source.tables())
    expected = expected_items(source, item_types, Report())
    return source, item_types, FakeTarget({table: {key: json.loads(text) for key, text in items.items()} for table, items in expected.items()})


@pytest.mark.parametrize("design", ["starter", "shop"])
def test_equal_is_equal(shop_url, design):
    source, item_types, target = faultless(shop_url, design)
    report = compare(source, target, item_types)
    assert report.same() and report.equal > 3000 and report.refused == 0


def test_finds_a_missing_an_extra_and_a_changed_item(shop_url):
    source, item_types, target = faultless(shop_url, "starter")
    keys = list(target.held["orders"])
    del target.held["orders"][keys[0]]
    target.held["orders"][keys[1]]["total"] = {"N": "0.001"}
    target.held["orders"]["new"] = {"id": {"N": "999999"}}
    report = compare(source, target, item_types)
    assert (len(report.missing), len(report.different), len(report.extra)) == (1, 1, 1)
    assert "total" in report.different[0]


def test_finds_an_attribute_too_many_and_one_of_another_type(shop_url):
    source, item_types, target = faultless(shop_url, "starter")
    one, two = list(target.held["tags"].values())[:2]
    one["surplus"] = {"S": ""}
    two["name"] = {"B": base64.b64encode(b"x").decode()}
    assert len(compare(source, target, item_types).different) == 2


def test_finds_a_table_that_is_not_there(shop_url):
    source, item_types, target = faultless(shop_url, "starter")
    del target.held["reviews"]
    assert compare(source, target, item_types).missing == ["the table reviews"]


@pytest.mark.parametrize("one, other", [({"N": "1.50"}, {"N": "1.5"}), ({"N": "1E3"}, {"N": "1000"}), ({"N": "-0"}, {"N": "0"}), ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}),
                                        ({"M": {"a": {"N": "1.0"}, "b": {"L": []}}}, {"M": {"b": {"L": []}, "a": {"N": "1"}}})])
def test_equal_values_in_other_words(one, other):
    assert values.item_text({"a": one}) == values.item_text({"a": other})


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1" * 39, "1E126", "1E-131"])
def test_numbers_that_dynamodb_cannot_hold(text):
    with pytest.raises(values.Refused):
        values.number(text)


def test_sortable_sorts():
    numbers = [-2**63, -10**10, -10, -9, -1, 0, 1, 9, 10, 2**31, 2**63 - 1]
    texts = [sortable(number, 8) for number in numbers]
    assert texts == sorted(texts) and len({len(text) for text in texts}) == 1


def test_arrays_of_postgresql():
    assert values.array('{1,NULL,3}', values.number) == {"L": [{"N": "1"}, {"NULL": True}, {"N": "3"}]}
    assert values.array('{{"a b",c},{"q\\"","NULL"}}', values.string) == {"L": [{"L": [{"S": "a b"}, {"S": "c"}]}, {"L": [{"S": 'q"'}, {"S": "NULL"}]}]}
