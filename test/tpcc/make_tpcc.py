#!/usr/bin/env python3
"""TPC-C's nine tables, populated after clause 4.3 of the specification (revision 5.11).

    make_tpcc.py --warehouses 2 --postgres URL     create, fill (COPY), add keys and foreign keys, analyze
    make_tpcc.py --warehouses 2 --mysql URL        the same in MySQL or MariaDB (mysql:// or mariadb://)
    make_tpcc.py --warehouses 1 --csv DIR          a .csv file a table, and schema.sql

--scale-down N divides the item, customer and order counts by N, for quick tests (the proportions stay the specification's).
The same --seed gives the same rows; times are fixed, so that two runs can be compared.
"""
import argparse
import csv
import random
import re
import string
import sys
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYLLABLES = ["BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"]     # clause 4.3.2.3
START = datetime(2024, 3, 1, 12, 0, 0)
TABLES = ["warehouse", "district", "customer", "history", "orders", "new_order", "order_line", "item", "stock"]


class Values:
    """Clause 4.3.2: random strings and numbers. Strings are cut from one long random text, which is much faster than making each."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        letters = string.ascii_letters + string.digits
        self.pool = "".join(self.random.choices(letters, k=1 << 18))
        self.c_last = self.random.randrange(256)     # the constant C of NURand for C_LAST, clause 2.1.6

    def number(self, low: int, high: int) -> int:
        return low + int(self.random.random() * (high - low + 1))

    def a_string(self, low: int, high: int) -> str:
        length = self.number(low, high)
        start = int(self.random.random() * (len(self.pool) - length))
        return self.pool[start:start + length]

    def n_string(self, length: int) -> str:
        return f"{int(self.random.random() * 10**length):0{length}d}"

    def decimal(self, low: int, high: int, digits: int) -> str:
        """low..high counted in units of the last digit."""
        value = self.number(low, high)
        return f"{value // 10**digits}.{value % 10**digits:0{digits}d}"

    def zip_code(self) -> str:
        return self.n_string(4) + "11111"            # clause 4.3.2.7

    def data(self) -> str:
        """I_DATA and S_DATA: 26..50 characters, in 10% of the rows with "ORIGINAL" somewhere within (clause 4.3.3.1)."""
        text = self.a_string(26, 50)
        if self.random.random() < 0.1:
            at = self.number(0, len(text) - 8)
            text = text[:at] + "ORIGINAL" + text[at + 8:]
        return text

    def nurand(self, a: int, low: int, high: int, c: int) -> int:
        return (((self.number(0, a) | self.number(low, high)) + c) % (high - low + 1)) + low

    def last_name(self, number: int) -> str:
        return SYLLABLES[number // 100] + SYLLABLES[number // 10 % 10] + SYLLABLES[number % 10]

    def address(self) -> tuple:
        return (self.a_string(10, 20), self.a_string(10, 20), self.a_string(10, 20), self.a_string(2, 2).upper(), self.zip_code())


class Tpcc:
    """A generator of rows for each table, in the order of its columns in schema.sql. Orders and their lines are made together."""

    def __init__(self, warehouses: int, scale_down: int, seed: int):
        self.values = Values(seed)
        self.warehouses = warehouses
        self.items = 100_000 // scale_down
        self.customers = max(3000 // scale_down, 10)
        self.orders = self.customers                 # as many orders as customers: each places one
        self.delivered = self.orders * 7 // 10       # 2100 of 3000; the others are in NEW-ORDER

    def rows(self, table: str):
        return getattr(self, "rows_of_" + table)()

    def rows_of_item(self):
        v = self.values
        for number in range(1, self.items + 1):
            yield (number, v.number(1, 10_000), v.a_string(14, 24), v.decimal(100, 10_000, 2), v.data())

    def rows_of_warehouse(self):
        v = self.values
        for w in range(1, self.warehouses + 1):
            yield (w, v.a_string(6, 10), *v.address(), v.decimal(0, 2000, 4), "300000.00")

    def rows_of_stock(self):
        v = self.values
        for w in range(1, self.warehouses + 1):
            for item in range(1, self.items + 1):
                yield (item, w, v.number(10, 100), *(v.a_string(24, 24) for _ in range(10)), 0, 0, 0, v.data())

    def districts(self):
        for w in range(1, self.warehouses + 1):
            for d in range(1, 11):
                yield w, d

    def rows_of_district(self):
        v = self.values
        for w, d in self.districts():
            yield (d, w, v.a_string(6, 10), *v.address(), v.decimal(0, 2000, 4), "30000.00", self.orders + 1)

    def rows_of_customer(self):
        v = self.values
        for w, d in self.districts():
            for c in range(1, self.customers + 1):
                name = v.last_name(c - 1 if c <= 1000 else v.nurand(255, 0, 999, v.c_last))
                yield (c, d, w, v.a_string(8, 16), "OE", name, *v.address(), v.n_string(16), START, "BC" if v.random.random() < 0.1 else "GC", "50000.00",
                       v.decimal(0, 5000, 4), "-10.00", "10.00", 1, 0, v.a_string(300, 500))

    def rows_of_history(self):
        v = self.values
        for w, d in self.districts():
            for c in range(1, self.customers + 1):
                yield (c, d, w, d, w, START + timedelta(microseconds=c), "10.00", v.a_string(12, 24))

    def order_heads(self, w: int, d: int):
        """(o_id, customer, time, lines) of a district: the same each time it is asked."""
        fixed = random.Random(w * 1000 + d)
        customers = list(range(1, self.customers + 1))
        fixed.shuffle(customers)                     # a random permutation, clause 4.3.3.1
        for o in range(1, self.orders + 1):
            yield o, customers[o - 1], START + timedelta(seconds=o), 5 + int(fixed.random() * 11)

    def rows_of_orders(self):
        v = self.values
        for w, d in self.districts():
            for o, customer, entry, lines in self.order_heads(w, d):
                yield (o, d, w, customer, entry, v.number(1, 10) if o <= self.delivered else None, lines, 1)

    def rows_of_new_order(self):
        for w, d in self.districts():
            for o in range(self.delivered + 1, self.orders + 1):
                yield (o, d, w)

    def rows_of_order_line(self):
        v = self.values
        for w, d in self.districts():
            for o, _, entry, lines in self.order_heads(w, d):
                done = o <= self.delivered
                for number in range(1, lines + 1):
                    yield (o, d, w, number, v.number(1, self.items), w, entry if done else None, 5, "0.00" if done else v.decimal(1, 999_999, 2), v.a_string(24, 24))


def statements(keys: bool) -> list[str]:
    """schema.sql's tables, or its keys: they stand behind the line "-- keys"."""
    tables, constraints = (HERE / "schema.sql").read_text().split("-- keys\n")
    return [part.strip() for part in (constraints if keys else tables).split(";\n") if part.strip()]


def fill_postgres(tpcc: Tpcc, url: str) -> None:
    import psycopg
    with psycopg.connect(url) as connection:
        for statement in statements(keys=False):
            connection.execute(statement)
        for table in TABLES:
            count = 0
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                lines = []
                for row in tpcc.rows(table):         # no value holds a tab, a newline or a backslash
                    lines.append("\t".join([r"\N" if value is None else str(value) for value in row]))
                    count += 1
                    if len(lines) == 5000:
                        copy.write("\n".join(lines) + "\n")
                        lines.clear()
                if lines:
                    copy.write("\n".join(lines) + "\n")
            print(f"{table}: {count} rows", flush=True)
        for statement in statements(keys=True):
            connection.execute(statement)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def mysql_statement(statement: str) -> str:
    """schema.sql in MySQL's words: a reference names its columns there, and `timestamp` would be moved to UTC."""
    keys = dict(re.findall(r"ALTER TABLE (\w+) ADD PRIMARY KEY (\([^)]*\))", (HERE / "schema.sql").read_text()))
    statement = re.sub(r"REFERENCES (\w+)$", lambda found: f"REFERENCES {found[1]} {keys[found[1]]}", statement)
    return re.sub(r"\btimestamp\b", "datetime(6)", statement)


def fill_mysql(tpcc: Tpcc, url: str) -> None:
    sys.path.insert(0, str(HERE.parent))
    from lib import mysql_client
    connection = mysql_client.connect(url)
    cursor = connection.cursor()
    for statement in statements(keys=False):
        cursor.execute(mysql_statement(statement))
    # With the keys from the start: InnoDB would have to write every table anew to add them.
    for statement in statements(keys=True):
        cursor.execute(mysql_statement(statement))
    cursor.execute("SET SESSION foreign_key_checks = 0, unique_checks = 0, autocommit = 0")
    for table in TABLES:
        count, tuples = 0, []
        for row in tpcc.rows(table):                 # no value holds a quote or a backslash
            tuples.append("(" + ",".join(["NULL" if value is None else f"'{value}'" for value in row]) + ")")
            count += 1
            if len(tuples) == 1000:
                cursor.execute(f"INSERT INTO {table} VALUES " + ",".join(tuples))
                tuples.clear()
        if tuples:
            cursor.execute(f"INSERT INTO {table} VALUES " + ",".join(tuples))
        connection.commit()
        print(f"{table}: {count} rows", flush=True)
    cursor.execute("ANALYZE TABLE " + ", ".join(TABLES))


def write_csv(tpcc: Tpcc, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schema.sql").write_text((HERE / "schema.sql").read_text())
    for table in TABLES:
        with open(folder / f"{table}.csv", "w", newline="") as out:
            csv.writer(out).writerows(tpcc.rows(table))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouses", type=int, default=1)
    parser.add_argument("--scale-down", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", metavar="URL")
    parser.add_argument("--mysql", metavar="URL")
    parser.add_argument("--csv", metavar="DIR", type=Path)
    arguments = parser.parse_args()
    if sum(map(bool, (arguments.postgres, arguments.mysql, arguments.csv))) != 1:
        parser.error("say one of --postgres URL, --mysql URL and --csv DIR")
    tpcc = Tpcc(arguments.warehouses, arguments.scale_down, arguments.seed)
    if arguments.postgres:
        fill_postgres(tpcc, arguments.postgres)
    elif arguments.mysql:
        fill_mysql(tpcc, arguments.mysql)
    else:
        write_csv(tpcc, arguments.csv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
