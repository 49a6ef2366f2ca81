#!/usr/bin/env python3
"""Makes the sample shop: a small relational database with the awkward values that real ones have.

    make_shop.py shop.db                 a SQLite file
    make_shop.py --postgres > shop.sql   the same data as SQL for PostgreSQL (psql -f shop.sql)
    make_shop.py --mysql > shop.sql      the same data as SQL for MySQL or MariaDB (mysql shop < shop.sql)

The same --seed gives the same rows, always. --with-misfits adds a few rows that no DynamoDB table can hold (they become rejects).
Needs only Python's standard library.
"""
import argparse
import json
import os
import random
import sqlite3
import sys
from datetime import date, datetime, timedelta, timezone

from shop_tables import TABLES, VIEWS, create_index_statements, create_table
from shop_words import (AWKWARD_TEXTS, CATEGORIES, CITIES, COUNTRIES, FIRST_NAMES, LAST_NAMES, NOUNS, ADJECTIVES, SENTENCES, STREETS, TAGS)

EPOCH = datetime(2023, 1, 1)


class Shop:
    """The rows of every table, made in an order in which parents come first."""

    def __init__(self, seed: int, misfits: bool):
        self.random = random.Random(seed)
        self.rows: dict[str, list[tuple]] = {table.name: [] for table in TABLES}
        self.make_places_and_people()
        self.make_products()
        self.make_orders()
        self.make_the_rest()
        if misfits:
            self.make_misfits()

    # Small helpers: `pick` one of a list, `maybe` a value or NULL, `moment` a time of day at or after `start`.
    def pick(self, values):
        return values[self.random.randrange(len(values))]

    def maybe(self, value, chance=0.7):
        return value if self.random.random() < chance else None

    def moment(self, start: datetime, days: int) -> datetime:
        return start + timedelta(seconds=self.random.randrange(days * 86400))

    def blob(self, size: int) -> bytes:
        return bytes(self.random.randrange(256) for _ in range(size))

    def decimal(self, low: int, high: int) -> str:
        cents = self.random.randrange(low, high)
        return f"{cents // 100}.{cents % 100:02d}"

    def text(self, sentences: int) -> str:
        return " ".join(self.pick(SENTENCES) for _ in range(sentences))

    def make_places_and_people(self):
        self.rows["countries"] = [(code, name, currency, eu) for code, name, currency, eu in COUNTRIES]
        for number in range(1, 401):
            first, last = self.pick(FIRST_NAMES), self.pick(LAST_NAMES)
            born = date(1925, 1, 1) + timedelta(days=self.random.randrange(80 * 365))     # many before 1970
            note = self.pick(AWKWARD_TEXTS) if number % 7 == 0 else None
            self.rows["customers"].append((
                number, f"{first}.{last}.{number}@example.org".lower().replace(" ", "_").replace("'", ""), f"{first} {last}",
                self.maybe(f"+{self.random.randrange(10**10, 10**12)}"), f"scrypt${self.random.getrandbits(64):016x}", self.maybe(born, 0.8),
                self.random.random() < 0.4, self.maybe(self.decimal(0, 500000), 0.5), self.random.randrange(-50, 5000),
                self.moment(EPOCH, 600), note, "LEGACY-%05d" % number))
        for customer in range(1, 401):
            for position in range(1, self.pick([1, 1, 1, 2, 2, 3]) + 1):
                self.rows["addresses"].append((
                    customer, position, self.pick(["home", "work", "parcel box"]), self.maybe(self.pick(LAST_NAMES), 0.3),
                    f"{self.pick(STREETS)} {self.random.randrange(1, 200)}", self.pick(CITIES), f"{self.random.randrange(10**5):05d}",
                    self.pick(COUNTRIES)[0], self.maybe("", 0.2)))
        for number in range(1, 41):   # a tree: employee 1 has no manager
            self.rows["employees"].append((
                number, None if number == 1 else self.random.randrange(1, number), f"{self.pick(FIRST_NAMES)} {self.pick(LAST_NAMES)}",
                self.pick(["warehouse", "support", "buying"]) if number > 1 else "owner", date(1968, 4, 1) + timedelta(days=number * 371),
                self.decimal(200000, 900000)))

    def make_products(self):
        self.rows["categories"] = [(number, parent, name, name.lower().replace(" ", "-")) for number, parent, name in CATEGORIES]
        for number in range(1, 251):
            name = f"{self.pick(ADJECTIVES)} {self.pick(NOUNS)}"
            if number % 25 == 0:
                name = self.pick([text for text in AWKWARD_TEXTS if 0 < len(text) < 200])
            attributes = {"colour": self.pick(["red", "blå", "зелёный", "緑"]), "sizes": self.random.sample(range(30, 48), 3), "fragile": number % 9 == 0,
                          "care": None, "maker": {"name": self.pick(LAST_NAMES), "since": 1900 + number % 100}, "empty": {}, "rating": number / 8}
            self.rows["products"].append((
                number, f"SKU-{number:05d}", name, self.maybe(self.text(1 + number % 5), 0.9), self.pick(CATEGORIES)[0],
                self.decimal(99, 99999), self.maybe(round(self.random.random() * 40, 3), 0.8), self.maybe(self.blob(number % 64), 0.6),
                4 * 10**12 + self.random.randrange(10**12), number % 20 == 0,
                self.maybe(json.dumps(attributes, ensure_ascii=False, sort_keys=True), 0.85), self.moment(EPOCH, 300)))
        # One product has a very long description: near, but below, what one item can hold.
        longest = list(self.rows["products"][99])
        longest[3] = "Long story. " * 25000
        self.rows["products"][99] = tuple(longest)
        self.rows["tags"] = [(number, name) for number, name in enumerate(TAGS, 1)]
        for product in range(1, 251):
            for tag in sorted(self.random.sample(range(1, len(TAGS) + 1), self.random.randrange(0, 4))):
                self.rows["product_tags"].append((product, tag))
        for warehouse in ("Antwerpen", "Łódź", "São Paulo"):
            for product in range(1, 251):
                if self.random.random() < 0.7:
                    self.rows["inventory"].append((
                        warehouse, product, self.random.randrange(-3, 500), self.random.randrange(0, 20),
                        self.maybe(date(2024, 1, 1) + timedelta(days=self.random.randrange(400)))))

    def make_orders(self):
        prices = {row[0]: row[5] for row in self.rows["products"]}
        for number in range(1, 1201):
            placed = self.moment(EPOCH + timedelta(days=200), 600).replace(microsecond=self.random.randrange(10**6) if number % 3 == 0 else 0)
            status = self.pick(["draft", "open", "paid", "shipped", "shipped", "shipped", "returned"])
            total = 0
            for line in range(1, self.pick([1, 1, 2, 2, 3, 3, 4, 7]) + 1):
                product, quantity = self.random.randrange(1, 251), self.random.randrange(1, 6)
                cents = int(prices[product].replace(".", ""))
                total += cents * quantity
                self.rows["order_lines"].append((number, line, product, quantity, prices[product], self.maybe(round(self.random.random() / 4, 4), 0.2)))
            self.rows["orders"].append((
                number, self.random.randrange(1, 401), placed, status, f"{total // 100}.{total % 100:02d}", self.pick(["EUR", "EUR", "USD", "JPY"]),
                placed + timedelta(hours=self.random.randrange(1, 99)) if status in ("shipped", "returned") else None,
                self.pick(AWKWARD_TEXTS) if number % 11 == 0 else None))
            if status not in ("draft", "open"):
                self.rows["payments"].append((
                    self.uuid(), number, f"{total // 100}.{total % 100:02d}", self.pick(["card", "transfer", "voucher"]),
                    placed + timedelta(minutes=self.random.randrange(1, 600)), self.maybe(self.blob(16), 0.5)))

    def uuid(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]))

    def make_the_rest(self):
        for pair in sorted(self.random.sample([(p, c) for p in range(1, 251) for c in range(1, 401)], 500)):
            self.rows["reviews"].append((*pair, self.random.randrange(1, 6), self.maybe(self.pick(SENTENCES)), self.maybe(self.pick(AWKWARD_TEXTS)),
                                         self.moment(EPOCH + timedelta(days=300), 500)))
        for number in range(1, 151):
            created = datetime(2024, 6, 1) + timedelta(hours=number)
            # Far in the future, so that the sample never expires under the reader's hands; every fifth session never does.
            expires = None if number % 5 == 0 else int(datetime(2099, 1, 1, tzinfo=timezone.utc).timestamp()) + number
            self.rows["sessions"].append((f"{self.random.getrandbits(96):024x}", self.random.randrange(1, 401), created, expires))
        for number in range(300):   # no key, and equal rows happen
            self.rows["audit_log"].append((datetime(2024, 1, 1) + timedelta(minutes=number // 2), self.pick(["ana", "bo", ""]), self.pick(["login", "logout"]), None))
        integers = [0, -1, 1, 2**31, -2**31 - 1, 2**53 + 1, 2**63 - 1, -2**63]
        reals = [0.0, -0.0, 0.1, 1e-300 ** 0.4, 1.5e20, -2.5, 123456789.123456789, 1 / 3]
        texts = AWKWARD_TEXTS + ["007", "1e5", "NULL", "2024-02-30", "true"]
        values = [*integers, *reals, *texts, b"", b"\x00", bytes(range(256)), None]
        for number, value in enumerate(values, 1):
            large = f"{10**number + 1}.{number}" if number < 36 else f"-0.{number:038d}"     # up to 38 digits, all that DynamoDB has
            self.rows["curiosities"].append((f"c{number:03d}", value, large))

    def make_misfits(self):
        """What DynamoDB cannot hold: an empty key, an item over 400 KB, 39 digits where a number is wanted."""
        product = list(self.rows["products"][0])
        product[0:2], product[3] = [9001, "SKU-09001"], "too long " * 60000
        self.rows["products"].append(tuple(product))
        product[0:2], product[3], product[5] = [9002, "SKU-09002"], None, "9" * 39
        self.rows["products"].append(tuple(product))
        self.rows["sessions"].append(("", 1, datetime(2024, 6, 1), None))
        self.rows["sessions"].append(("s" * 2500, 1, datetime(2024, 6, 1), None))


def sqlite_value(value):
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return value


def write_sqlite(shop: Shop, path: str) -> None:
    if os.path.exists(path):
        os.remove(path)
    connection = sqlite3.connect(path)
    for table in TABLES:
        connection.execute(create_table(table, "sqlite"))
    for table in TABLES:
        marks = ", ".join("?" * len(table.columns))
        connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', [tuple(map(sqlite_value, row)) for row in shop.rows[table.name]])
    for statement in [*create_index_statements(), *VIEWS]:
        connection.execute(statement)
    connection.commit()
    connection.close()


def copy_text(value) -> str:
    """A value in COPY's text format."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    text = str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def write_postgres(shop: Shop, out) -> None:
    out.write("SET client_encoding = 'UTF8';\nBEGIN;\n")
    for table in TABLES:
        out.write(create_table(table, "postgres") + ";\n")
    for table in TABLES:
        out.write(f'COPY "{table.name}" FROM stdin;\n')
        for row in shop.rows[table.name]:
            # PostgreSQL's text cannot hold the character U+0000.
            out.write("\t".join(copy_text(value.replace("\0", "") if isinstance(value, str) else value) for value in row) + "\n")
        out.write("\\.\n")
    for statement in [*create_index_statements(), *VIEWS]:
        out.write(statement + ";\n")
    out.write("COMMIT;\nANALYZE;\n")


def mysql_literal(value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, (int, float)):
        return repr(int(value) if isinstance(value, bool) else value)
    text = value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0").replace("\n", "\\n").replace("\r", "\\r") + "'"


def write_mysql(shop: Shop, out) -> None:
    """A statement a line, so that whoever has no mysql client can run it line by line."""
    out.write("SET NAMES utf8mb4;\nSET SESSION sql_mode = '', foreign_key_checks = 0;\n")
    for table in TABLES:
        out.write(create_table(table, "mysql").replace("\n", " ") + ";\n")
    for table in TABLES:
        anything = [index for index, (_, kind, _) in enumerate(table.columns) if kind == "anything"]
        for row in shop.rows[table.name]:
            values = [str(value) if index in anything and isinstance(value, float) else value for index, value in enumerate(row)]
            # A text cannot hold bytes that are none of its character set.
            values = [value.decode("latin-1") if index in anything and isinstance(value, bytes) else value for index, value in enumerate(values)]
            out.write(f"INSERT INTO `{table.name}` VALUES (" + ", ".join(map(mysql_literal, values)) + ");\n")
    for statement in [*create_index_statements(), *VIEWS]:
        out.write(statement + ";\n")
    out.write("ANALYZE TABLE " + ", ".join(f"`{table.name}`" for table in TABLES) + ";\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", help="the SQLite file to make (replaced where it exists)")
    parser.add_argument("--postgres", action="store_true", help="print SQL for PostgreSQL instead")
    parser.add_argument("--mysql", action="store_true", help="print SQL for MySQL or MariaDB instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--with-misfits", action="store_true")
    arguments = parser.parse_args()
    if bool(arguments.path) + arguments.postgres + arguments.mysql != 1:
        parser.error("name a file, or say --postgres or --mysql")
    shop = Shop(arguments.seed, arguments.with_misfits)
    if arguments.postgres:
        write_postgres(shop, sys.stdout)
    elif arguments.mysql:
        write_mysql(shop, sys.stdout)
    else:
        write_sqlite(shop, arguments.path)
        print(f"{arguments.path}: {len(TABLES)} tables, {sum(map(len, shop.rows.values()))} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
