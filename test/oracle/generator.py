"""Random well-typed expressions over a table of all common column types, and random rows for it."""
import random
from dataclasses import dataclass, field

COLUMNS = {
    "b": "bool", "i2": "int2", "i4": "int4", "i8": "int8", "n": "numeric", "n2": "numeric(10,2)", "f4": "float4", "f8": "float8", "t": "text", "v": "varchar(20)",
    "c": "bpchar(6)", "u": "uuid", "y": "bytea", "d": "date", "tm": "time", "tz": "timetz", "ts": "timestamp", "ts3": "timestamp(3)", "tstz": "timestamptz",
    "iv": "interval", "j": "json", "jb": "jsonb", "ia": "int4[]", "ta": "text[]", "nt": "text",
}


@dataclass
class Tree:
    """An expression: its type, and its text in parts, some of which are expressions again."""
    type: str
    parts: list = field(default_factory=list)

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)

    def children(self) -> list["Tree"]:
        return [part for part in self.parts if isinstance(part, Tree)]


# --- rows ----------------------------------------------------------------------------------------------------------------------

WORDS = ["", "a", "A", "ab", "abc", "Abc dEf", " x ", "  ", "0", "12", "-7", "1.5", "2024-02-29", "a,b,,c", "a#b", "x_y", "50%", "\\", "a\\b", "it's", '"q"', "José", "ÀÉÎ straße", "日本語", "naïve café",
         "😀 smile", "Hello World", "foo.bar", "aaa", "abab", "line\nbreak", "tab\there", "true", "NULL", "{a,b}", "ZZZ", "zebra", "order-42", "user@example.com", "1e3", "0x1F", "ŁÓDŹ", "ǅ", "x" * 30]


def random_text(r: random.Random) -> str:
    if r.random() < 0.6:
        return r.choice(WORDS)
    return "".join(r.choice("abcABC012 _-%.,#é'\\") for _ in range(r.randrange(0, 12)))


def random_numeric(r: random.Random) -> str:
    kind = r.random()
    if kind < 0.05:
        return r.choice(["NaN", "0", "0.00", "1", "-1", "10", "0.1", "100", "0.5", "-0.5", "2.5"])
    if kind < 0.6:
        return f"{r.randrange(-10000, 10000) / 10 ** r.randrange(0, 4):.{r.randrange(0, 6)}f}"
    digits = "".join(r.choice("0123456789") for _ in range(r.randrange(1, 25)))
    fraction = "".join(r.choice("0123456789") for _ in range(r.randrange(0, 20)))
    return r.choice(["", "-"]) + digits + ("." + fraction if fraction else "")


def random_date(r: random.Random) -> str:
    if r.random() < 0.1:
        return r.choice(["2000-01-01", "1999-12-31", "2024-02-29", "1970-01-01", "0001-01-01", "0044-03-15 BC", "9999-12-31", "12345-06-07", "1900-02-28"])
    return f"{r.randrange(1900, 2100)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"


def random_time(r: random.Random) -> str:
    if r.random() < 0.15:
        return r.choice(["00:00:00", "23:59:59.999999", "12:00:00", "24:00:00", "00:00:00.000001"])
    fraction = r.choice(["", "", f".{r.randrange(0, 1000000):06d}", ".5"])
    return f"{r.randrange(0, 24):02d}:{r.randrange(0, 60):02d}:{r.randrange(0, 60):02d}{fraction}"


def random_moment(r: random.Random) -> str:
    date, time = random_date(r), random_time(r)
    if time == "24:00:00":
        time = "00:00:00"
    return date.replace(" BC", "") + " " + time + (" BC" if date.endswith("BC") else "")


def random_interval(r: random.Random) -> str:
    if r.random() < 0.2:
        return r.choice(["00:00:00", "1 day", "-1 day", "1 mon", "1 year", "1 year 2 mons 3 days 04:05:06.789", "-1 mons +3 days -04:00:00", "23:59:59.999999", "100:00:00", "-00:00:01"])
    return f"{r.randrange(-20, 20)} mons {r.randrange(-40, 40)} days {r.choice(['', '-'])}{r.randrange(0, 60):02d}:{r.randrange(0, 60):02d}:{r.randrange(0, 60):02d}"


DOCUMENTS = ['{"a": 1, "b": {"c": [1, 2, {"d": "x"}]}, "t": "text"}', '{"a": null, "a": 2.50}', "[]", "{}", "[1, [2, 3], null, true]", '"plain"', "12.50", "null", "true", '{"a": "q\\"uo\\u00e9te\\n"}',
             '{ "long name" : [ ] , "a" : 1e2 , "z" : -0.0 }', '[{"a": "x"}, {"a": "y"}]', '{"b": "1", "a": [10, 20, 30]}']


def random_value(r: random.Random, column: str):
    if r.random() < 0.12:
        return None
    kind = COLUMNS[column]
    simple = {
        "bool": lambda: r.choice(["true", "false"]),
        "int2": lambda: str(r.choice([0, 1, -1, 2, 7, 100, 32767, -32768, r.randrange(-32768, 32768), r.randrange(-50, 50)])),
        "int4": lambda: str(r.choice([0, 1, -1, 2, 3, 42, 2147483647, -2147483648, r.randrange(-2**31, 2**31), r.randrange(-100, 100), r.randrange(-20, 20)])),
        "int8": lambda: str(r.choice([0, 1, -1, 5, 9223372036854775807, -9223372036854775808, r.randrange(-2**63, 2**63), r.randrange(-1000, 1000)])),
        "numeric": lambda: random_numeric(r),
        "numeric(10,2)": lambda: f"{r.randrange(-10000000, 10000000) / 100:.2f}",
        "float4": lambda: r.choice(["0", "1.5", "-2.25", "3.1415927", "1e10", "-1e-10", "NaN", "Infinity", f"{r.uniform(-1000, 1000):.3f}"]),
        "float8": lambda: r.choice(["0", "-0", "0.1", "2.5", "3.5", "-2.5", "1e300", "1e-300", "NaN", "-Infinity", "123456789.123", f"{r.uniform(-1e6, 1e6):.6f}", str(r.randrange(-50, 50))]),
        "text": lambda: random_text(r),
        "varchar(20)": lambda: random_text(r)[:20],
        "bpchar(6)": lambda: random_text(r)[:6].ljust(6),
        "uuid": lambda: str(__import__("uuid").UUID(int=r.getrandbits(128))),
        "bytea": lambda: "\\x" + bytes(r.randrange(256) for _ in range(r.randrange(0, 12))).hex(),
        "date": lambda: random_date(r) if r.random() < 0.97 else r.choice(["infinity", "-infinity"]),
        "time": lambda: random_time(r),
        "timetz": lambda: random_time(r) + r.choice(["+00", "+02", "-05:30", "+14", "-12"]),
        "timestamp": lambda: random_moment(r) if r.random() < 0.97 else r.choice(["infinity", "-infinity"]),
        "timestamp(3)": lambda: f"{r.randrange(1950, 2050)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d} {r.randrange(0, 24):02d}:{r.randrange(0, 60):02d}:{r.randrange(0, 60):02d}.{r.randrange(0, 1000):03d}",
        "timestamptz": lambda: (lambda m: m[:-3] + "+00 BC" if m.endswith(" BC") else m + "+00")(random_moment(r)) if r.random() < 0.97 else r.choice(["infinity", "-infinity"]),
        "interval": lambda: random_interval(r),
        "json": lambda: r.choice(DOCUMENTS),
        "jsonb": lambda: r.choice(DOCUMENTS),
        "int4[]": lambda: "{" + ",".join(r.choice(["NULL", "0", "1", "2", "-5", str(r.randrange(-99, 99))]) for _ in range(r.randrange(0, 5))) + "}",
        "text[]": lambda: "{" + ",".join(r.choice(["NULL", "a", '"b c"', '""', '"x,y"', "é", '"q\\"z"', "abc", '"null"']) for _ in range(r.randrange(0, 5))) + "}",
    }
    if column == "nt":   # texts that are often numbers, dates and the like
        return r.choice(["1", "-2", " 3 ", "4.5", "1e2", "abc", "", "2024-02-29", "2024-01-31 10:20:30", "10:20:30", "1 day", "true", "f", "{1,2}", "[1]", '{"a":1}', "NaN", "99999999999", "0x10", "1,234.50", "+5", "--1"])
    return simple[kind]()


def random_rows(r: random.Random, count: int) -> list:
    return [[random_value(r, column) for column in COLUMNS] for _ in range(count)]


# --- expressions ---------------------------------------------------------------------------------------------------------------

CANONICAL = {"varchar(20)": "text", "numeric(10,2)": "numeric", "bpchar(6)": "bpchar", "timestamp(3)": "timestamp"}
ALL = ["bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "bpchar", "uuid", "bytea", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "int4[]", "text[]"]
INTEGERS = ["int2", "int4", "int8"]
NUMBERS = INTEGERS + ["numeric", "float4", "float8"]
MOMENTS = ["date", "timestamp", "timestamptz"]
COMPARABLE = ["bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "bpchar", "uuid", "bytea", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "int4[]", "text[]"]
COLUMNS_BY_TYPE = {}
for _name, _type in COLUMNS.items():
    COLUMNS_BY_TYPE.setdefault(CANONICAL.get(_type, _type), []).append(_name)


def quoted(text: str) -> str:
    return ("E'" + text.replace("\\", "\\\\").replace("'", "''") + "'") if "\\" in text else "'" + text.replace("'", "''") + "'"


class Generator:
    """`rules` maps a type to functions that make an expression of it."""

    def __init__(self, r: random.Random, rules: dict):
        self.r, self.rules = r, rules

    def column(self, kind: str) -> Tree:
        return Tree(kind, [self.r.choice(COLUMNS_BY_TYPE[kind])])

    def literal(self, kind: str) -> Tree:
        r = self.r
        if kind == "int4":
            return Tree(kind, [str(r.choice([0, 1, 2, 3, 5, 10, 100, -1, -3])) if r.random() < 0.9 else "2147483647"])
        if kind == "numeric":
            return Tree(kind, [r.choice(["0.0", "1.5", "2.50", "100.0", "0.001", "12345678901234567890", "-3.75"])])
        if kind == "text":
            return Tree(kind, [quoted(random_text(r)) + r.choice(["", "", "::text"])])
        if kind == "bool":
            return Tree(kind, [r.choice(["true", "false", "NULL::bool"])])
        column = r.choice(COLUMNS_BY_TYPE[kind])
        value = random_value(r, column) if column != "nt" else random_text(r)
        return Tree(kind, ["NULL" if value is None else quoted(value), "::", kind])

    def leaf(self, kind: str) -> Tree:
        return self.column(kind) if self.r.random() < 0.8 else self.literal(kind)

    def make(self, kind: str, depth: int) -> Tree:
        if depth <= 0 or self.r.random() < 0.15:
            return self.leaf(kind)
        return self.r.choice(self.rules[kind])(self, kind, depth - 1)

    def any(self, kinds, depth: int) -> Tree:
        return self.make(self.r.choice(kinds), depth)

    def text(self, depth: int) -> Tree:
        return self.make("text", depth)

    def small(self) -> str:
        return str(self.r.choice([-5, -2, -1, 0, 1, 1, 2, 2, 3, 4, 7, 10, 20]))
