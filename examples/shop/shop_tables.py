"""The sample shop's tables, written once for every engine."""
import re
from dataclasses import dataclass, field


@dataclass
class Table:
    name: str
    columns: list[tuple[str, str, str]]      # name, type (a key of TYPES), constraints
    constraints: list[str] = field(default_factory=list)
    without_rowid: bool = False


# type -> (SQLite's declaration, PostgreSQL's, MySQL's and MariaDB's)
TYPES = {
    "integer": ("INTEGER", "integer", "int"),
    "bigint": ("BIGINT", "bigint", "bigint"),
    "text": ("TEXT", "text", "longtext"),
    "code": ("CHAR(2)", "char(2)", "char(2)"),
    "boolean": ("BOOLEAN", "boolean", "tinyint(1)"),
    "money": ("DECIMAL(12,2)", "numeric(12,2)", "decimal(12,2)"),    # SQLite keeps such a value as an integer or a real
    "exact": ("TEXT", "numeric", "varchar(300)"),                   # an exact decimal, which in SQLite only text can be
    "real": ("REAL", "double precision", "double"),
    "blob": ("BLOB", "bytea", "longblob"),
    "date": ("DATE", "date", "date"),
    "timestamp": ("TIMESTAMP", "timestamp", "datetime(6)"),
    "json": ("JSON", "jsonb", "json"),
    "uuid": ("UUID", "uuid", "char(36)"),
    "anything": ("", "text", "longtext"),                       # SQLite: a column without a type holds values of any
}

TABLES = [
    Table("countries", [("iso_code", "code", "NOT NULL PRIMARY KEY"), ("name", "text", "NOT NULL"), ("currency", "text", ""), ("in_eu", "boolean", "NOT NULL")],
          without_rowid=True),
    Table("customers", [
        ("id", "integer", "PRIMARY KEY"), ("email", "text", "NOT NULL UNIQUE"), ("full_name", "text", "NOT NULL"), ("phone", "text", ""),
        ("password_hash", "text", "NOT NULL"), ("born", "date", ""), ("newsletter", "boolean", "NOT NULL"), ("credit_limit", "money", ""),
        ("points", "integer", "NOT NULL"), ("created_at", "timestamp", "NOT NULL"), ("notes", "text", ""), ("legacy_code", "text", "")]),
    Table("addresses", [
        ("customer_id", "integer", "NOT NULL REFERENCES customers"), ("position", "integer", "NOT NULL"), ("kind", "text", "NOT NULL"), ("recipient", "text", ""),
        ("street", "text", "NOT NULL"), ("city", "text", "NOT NULL"), ("postcode", "text", "NOT NULL"), ("country", "code", "NOT NULL REFERENCES countries"),
        ("hint", "text", "")], ["PRIMARY KEY (customer_id, position)"]),
    Table("employees", [
        ("id", "integer", "PRIMARY KEY"), ("manager_id", "integer", "REFERENCES employees"), ("name", "text", "NOT NULL"), ("job", "text", "NOT NULL"),
        ("hired_on", "date", "NOT NULL"), ("salary", "money", "")]),
    Table("categories", [
        ("id", "integer", "PRIMARY KEY"), ("parent_id", "integer", "REFERENCES categories"), ("name", "text", "NOT NULL"), ("slug", "text", "NOT NULL UNIQUE")]),
    Table("products", [
        ("id", "integer", "PRIMARY KEY"), ("sku", "text", "NOT NULL UNIQUE"), ("name", "text", "NOT NULL"), ("description", "text", ""),
        ("category_id", "integer", "NOT NULL REFERENCES categories"), ("price", "exact", "NOT NULL"), ("weight_kg", "real", ""), ("thumbnail", "blob", ""),
        ("barcode", "bigint", "NOT NULL"), ("discontinued", "boolean", "NOT NULL"), ("attributes", "json", ""), ("created_at", "timestamp", "NOT NULL")]),
    Table("tags", [("id", "integer", "PRIMARY KEY"), ("name", "text", "NOT NULL UNIQUE")]),
    Table("product_tags", [("product_id", "integer", "NOT NULL REFERENCES products"), ("tag_id", "integer", "NOT NULL REFERENCES tags")],
          ["PRIMARY KEY (product_id, tag_id)"], without_rowid=True),
    Table("inventory", [
        ("warehouse", "text", "NOT NULL"), ("product_id", "integer", "NOT NULL REFERENCES products"), ("quantity", "integer", "NOT NULL"),
        ("reserved", "integer", "NOT NULL"), ("counted_on", "date", "")], ["PRIMARY KEY (warehouse, product_id)"]),
    Table("orders", [
        ("id", "integer", "PRIMARY KEY"), ("customer_id", "integer", "NOT NULL REFERENCES customers"), ("placed_at", "timestamp", "NOT NULL"),
        ("status", "text", "NOT NULL"), ("total", "money", "NOT NULL"), ("currency", "text", "NOT NULL"), ("shipped_at", "timestamp", ""), ("gift_message", "text", "")]),
    Table("order_lines", [
        ("order_id", "integer", "NOT NULL REFERENCES orders"), ("line_no", "integer", "NOT NULL"), ("product_id", "integer", "NOT NULL REFERENCES products"),
        ("quantity", "integer", "NOT NULL"), ("unit_price", "exact", "NOT NULL"), ("discount", "real", "")], ["PRIMARY KEY (order_id, line_no)"]),
    Table("payments", [
        ("id", "uuid", "NOT NULL PRIMARY KEY"), ("order_id", "integer", "NOT NULL REFERENCES orders"), ("amount", "money", "NOT NULL"), ("method", "text", "NOT NULL"),
        ("paid_at", "timestamp", "NOT NULL"), ("reference", "blob", "")]),
    Table("reviews", [
        ("product_id", "integer", "NOT NULL REFERENCES products"), ("customer_id", "integer", "NOT NULL REFERENCES customers"), ("rating", "integer", "NOT NULL"),
        ("title", "text", ""), ("body", "text", ""), ("created_at", "timestamp", "NOT NULL")], ["PRIMARY KEY (product_id, customer_id)"]),
    Table("sessions", [
        ("token", "text", "NOT NULL PRIMARY KEY"), ("customer_id", "integer", "NOT NULL REFERENCES customers"), ("created_at", "timestamp", "NOT NULL"), ("expires_at", "bigint", "")]),
    Table("audit_log", [("at", "timestamp", "NOT NULL"), ("actor", "text", "NOT NULL"), ("action", "text", "NOT NULL"), ("detail", "text", "")]),
    Table("curiosities", [("id", "text", "NOT NULL PRIMARY KEY"), ("value", "anything", ""), ("large", "exact", "NOT NULL")]),
]

VIEWS = ["CREATE VIEW open_orders AS SELECT id, customer_id, placed_at, total FROM orders WHERE status = 'open'"]


def create_index_statements() -> list[str]:
    return ["CREATE INDEX orders_by_customer ON orders (customer_id, placed_at)", "CREATE INDEX lines_by_product ON order_lines (product_id)"]


def mysql_column(table: Table, name: str, kind: str, constraints: str) -> tuple[str, str, str]:
    """MySQL indexes only the beginning of a LONGTEXT: a text that is part of a key is a VARCHAR; and REFERENCES in a column is not heeded."""
    keys = " ".join([constraints] + [text for text in table.constraints if name in re.findall(r"\w+", text)])
    declared = TYPES[kind][2]
    if declared == "longtext" and ("PRIMARY" in keys or "UNIQUE" in keys):
        declared = "varchar(3000) CHARACTER SET latin1" if name == "token" else "varchar(200)"
    collation = " COLLATE utf8mb4_bin" if declared in ("longtext", "varchar(200)", "char(2)", "char(36)") else ""
    return f"`{name}`", declared + collation, re.sub(r"REFERENCES \w+", "", constraints)


def mysql_foreign_keys(table: Table) -> list[str]:
    found = [(name, re.search(r"REFERENCES (\w+)", constraints)) for name, _, constraints in table.columns]
    return [f"FOREIGN KEY (`{name}`) REFERENCES `{match[1]}` (`{'iso_code' if match[1] == 'countries' else 'id'}`)" for name, match in found if match]


def create_mysql_table(table: Table) -> str:
    parts = [" ".join(filter(None, mysql_column(table, *column))) for column in table.columns]
    return f"CREATE TABLE `{table.name}` (\n  " + ",\n  ".join(parts + table.constraints + mysql_foreign_keys(table)) + "\n) CHARACTER SET utf8mb4"


def create_table(table: Table, engine: str) -> str:
    """CREATE TABLE for "sqlite", "postgres" or "mysql"."""
    if engine == "mysql":
        return create_mysql_table(table)
    which = 0 if engine == "sqlite" else 1
    parts = [" ".join(filter(None, (f'"{name}"', TYPES[kind][which], constraints))) for name, kind, constraints in table.columns]
    tail = " WITHOUT ROWID" if engine == "sqlite" and table.without_rowid else ""
    return f'CREATE TABLE "{table.name}" (\n  ' + ",\n  ".join(parts + table.constraints) + f"\n){tail}"
