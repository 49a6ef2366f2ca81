"""What a model makes of rows, written down a second time, in Python: for each source table, which items it becomes."""
import fnmatch
import re
from dataclasses import dataclass, field
from typing import Callable, Optional

from lib import values
from lib.sources import Row, Table


@dataclass
class ItemType:
    name: str
    source_table: str
    table: str                                   # of DynamoDB
    key: list[str]                               # names of the key attributes there
    make: Callable[[Row], Optional[dict]]        # None: the row is left out by `where`; values.Refused: a reject


def sortable(value, width_bytes: int) -> str:
    """An integer as text that sorts as the number (docs/expressions.md): p or n, then the digits filled up to the widest of its type."""
    number, digits = int(value), {2: 5, 4: 10, 8: 19}[width_bytes]
    return f"p{number:0{digits}d}" if number >= 0 else f"n{number + 10**digits:0{digits}d}"


def plain(value: dict) -> str:
    """A value's text in a template."""
    (kind, content), = value.items()
    return ("true" if content else "false") if kind == "BOOL" else str(content)


# --- the starter that `itemize init` writes: a table a table -----------------------------------------------------------------

INTEGERS = {"int2", "int4", "int8", "oid", "INTEGER", "INT", "BIGINT", "SMALLINT", "tinyint", "smallint", "mediumint", "int", "bigint", "year"}


def starter(tables: list[Table]) -> list[ItemType]:
    """One item type for each table that has a key. One column: that attribute; two: both; more: the rest joined as SK."""
    return [starter_item(table) for table in tables if table.identity]


def starter_item(table: Table) -> ItemType:
    name = table.name if len(table.name) >= 3 else table.name + "_table"
    identity = table.identity
    kinds = {column.name: column.type for column in table.columns}
    key = identity if len(identity) <= 2 else [identity[0], "SK"]

    def key_attribute(attributes: dict, column: str) -> dict:
        value = attributes[column]
        if kinds[column] in INTEGERS or "B" in value:
            return value
        return values.string(plain(value))

    def make(row: Row) -> dict:
        attributes = row.attributes()
        for column in key[:2] if len(identity) <= 2 else key[:1]:
            attributes[column] = key_attribute(attributes, column)
            if not next(iter(attributes[column].values())):
                raise values.Refused("an empty key")
        if len(identity) > 2:
            attributes["SK"] = values.string("#".join(
                sortable(row.raw[column], table.width(column)) if kinds[column] in INTEGERS else plain(attributes[column]) for column in identity[1:]))
        return attributes

    return ItemType(table.name, table.name, name, key, make)


# --- examples/shop/itemize.yaml ----------------------------------------------------------------------------------------------

def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


@dataclass
class Design:
    """One item type of the shop: `keys` and `extra` map attribute names to functions of (text, row); text(column) is None for NULL."""
    name: str
    source_table: str
    keys: dict
    excluded: tuple = ()
    only: Optional[tuple] = None
    renamed: dict = field(default_factory=dict)
    numbers: tuple = ()
    naming: bool = True
    where: Callable[[Row], bool] = lambda row: True
    extra: dict = field(default_factory=dict)
    typed: bool = True
    table: str = "shop"
    key: tuple = ("PK", "SK")


class Texts:
    """Template texts of one row: {column} and sortable(column); NULL anywhere makes the whole None (see `template`)."""

    def __init__(self, row: Row):
        self.row, self.attributes = row, row.attributes()

    def __getitem__(self, column: str) -> str:
        if self.row.raw[column] is None:
            raise LookupError(column)
        return plain(self.attributes[column])

    def sortable(self, column: str) -> str:
        if self.row.raw[column] is None:
            raise LookupError(column)
        return sortable(self.row.raw[column], self.row.table.width(column))


def fixed(text: str):
    return lambda row: text


def waiting(row: Texts) -> str:
    if row["status"] not in ("open", "paid"):
        raise LookupError("status")
    return row["status"]


SHOP = [
    Design("Customer", "customers", {"PK": lambda r: "CUSTOMER#" + r["id"], "SK": fixed("PROFILE"), "GSI1PK": lambda r: "EMAIL#" + r["email"].lower(), "GSI1SK": fixed("PROFILE")},
           excluded=("password_hash", "legacy_*"), renamed={"full_name": "name"}),
    Design("Address", "addresses", {"PK": lambda r: "CUSTOMER#" + r["customer_id"], "SK": lambda r: "ADDRESS#" + r.sortable("position")}, excluded=("customer_id",)),
    Design("Order", "orders", {"PK": lambda r: "CUSTOMER#" + r["customer_id"], "SK": lambda r: f"ORDER#{r['placed_at']}#{r.sortable('id')}", "GSI1PK": lambda r: "ORDER#" + r["id"],
                               "GSI1SK": fixed("HEAD"), "waiting": waiting, "placedAt": lambda r: r["placed_at"]},
           excluded=("placed_at",), where=lambda row: row.raw["status"] != "draft"),
    Design("OrderLine", "order_lines", {"PK": lambda r: "ORDER#" + r["order_id"], "SK": lambda r: "LINE#" + r.sortable("line_no"), "GSI1PK": lambda r: "ORDER#" + r["order_id"],
                                        "GSI1SK": lambda r: "LINE#" + r.sortable("line_no")}, numbers=("unit_price",)),
    Design("Payment", "payments", {"PK": lambda r: "ORDER#" + r["order_id"], "SK": lambda r: "PAYMENT#" + r["id"], "GSI1PK": lambda r: "ORDER#" + r["order_id"],
                                   "GSI1SK": lambda r: "PAYMENT#" + r["paid_at"]}),
    Design("Product", "products", {"PK": lambda r: "PRODUCT#" + r["id"], "SK": fixed("PRODUCT"), "GSI1PK": lambda r: "CATEGORY#" + r["category_id"],
                                   "GSI1SK": lambda r: "PRODUCT#" + r["name"].lower()}, numbers=("price",)),
    Design("Stock", "inventory", {"PK": lambda r: "PRODUCT#" + r["product_id"], "SK": lambda r: "STOCK#" + r["warehouse"]},
           extra={"available": lambda r: values.number(int(r["quantity"]) - int(r["reserved"]))}),
    Design("Review", "reviews", {"PK": lambda r: "PRODUCT#" + r["product_id"], "SK": lambda r: "REVIEW#" + r["customer_id"]}),
    Design("Category", "categories", {"PK": fixed("CATEGORIES"), "SK": lambda r: "CATEGORY#" + r.sortable("id")}, naming=False),
    Design("Employee", "employees", {"PK": lambda r: "EMPLOYEE#" + r["id"], "SK": fixed("EMPLOYEE"), "GSI1PK": lambda r: "MANAGER#" + r["manager_id"],
                                     "GSI1SK": lambda r: "EMPLOYEE#" + r.sortable("id")}, excluded=("salary",)),
    Design("Session", "sessions", {"token": lambda r: r["token"]}, only=("customer_id", "created_at"), extra={"expiresAt": lambda r: values.number(r["expires_at"])},
           table="sessions", key=("token",), typed=False),
]


def design_item(design: Design) -> ItemType:
    def make(row: Row) -> Optional[dict]:
        if not design.where(row):
            return None
        texts, item = Texts(row), {}
        for column, value in texts.attributes.items():
            if (design.only is not None and column not in design.only) or any(fnmatch.fnmatchcase(column, pattern) for pattern in design.excluded):
                continue
            if column in design.numbers:
                value = values.number(plain(value))
            elif column == "attributes":
                value = values.document(row.raw[column])
            item[design.renamed.get(column, camel(column) if design.naming else column)] = value
        for name, template in design.keys.items():
            try:
                text = template(texts)
            except LookupError:
                continue
            if name in design.key and not re.sub("[^#]*#$", "", text) and text == "":
                raise values.Refused("an empty key")
            limit = 2048 if name.endswith("PK") or name == "token" else 1024
            if len(text.encode()) > limit:
                raise values.Refused("a key that is too long")
            item[name] = values.string(text)
        for name, expression in design.extra.items():
            try:
                item[name] = expression(texts)
            except LookupError:
                pass
        if design.typed:
            item["type"] = values.string(design.name)
        return item

    return ItemType(design.name, design.source_table, design.table, list(design.key), make)


def shop(tables: list[Table]) -> list[ItemType]:
    return [design_item(design) for design in SHOP]


DESIGNS = {"starter": starter, "shop": shop}
