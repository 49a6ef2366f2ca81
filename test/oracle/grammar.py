"""The grammar of the random expressions: for each type, ways to make one. Every family of docs/expressions.md has its place here."""
from generator import ALL, COMPARABLE, INTEGERS, MOMENTS, NUMBERS, Tree, quoted

TIME_PATTERNS = ["YYYY-MM-DD HH24:MI:SS.US", "FMMonth FMDD, YYYY", "Dy DD Mon YY", "DAY day Day", "MONTH mon", "HH12:MI AM", "hh:mi p.m.", "IYYY-IW-ID", "DDDth Q WW W", "CC J SSSS", "Y,YYY BC", "YYYth FMDDth",
                 '"quoted \\"x" YYYY', "TZ TZH:TZM OF", "MS FF3 FF6", "RM rm FMRM", "yyyy-mm-dd", "FMHH24:FMMI", "IYY IY I YYY Y", "D d", "\\\"x", "é YYYY", "DDD IDDD", "a.d. AD", "FMIDDD FMIW FMCC"]
NUMBER_PATTERNS = ["999", "0000", "9,999,990.00", "FM999.99", "FM990.09", "S9999", "9999S", "MI999", "999MI", "PL99", "SG999", "999PR", "FM999PR", "99.9PR", "$999", "9.99EEEE", "RN", "FMRN", "rn", "999th", "999TH", "99V99",
                   "L999D99", "999G999G999", "0.9", ".99", "9.", "FM9.", "FM0.00", "B99", "000.000", "FM000.900", "99 99", '"n="99', "S0.0", "0S", "9990.0S", "FMS99.9", "99.99MI", "SG9.9", "", "x9x9x", "9990999.909"]
REGEXES = ["a", "^a", "b$", "[a-c]+", "^[[:alpha:]]+$", "a|b", "(a)(b)?", "\\d+", "\\w", "\\s", "^$", ".", "x{2,3}", "[^a-z]", "a.c", "(?:ab)+", "\\.", "o.*o", "[[:digit:]]{2}", "-", "^.{3}$", "[]a]", "a{,2}", "(b|c)*", "\\yab\\y", "\\Aa", "c\\Z", "[\\w-]+@", "[A-Z]", "(a|ab)(c|bcd)?", "a*", "(a*)(b*)", "x*"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "+02", "-03:30", "EST", "CET", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "europe/london"]
FIELDS = ["year", "month", "day", "hour", "minute", "second", "milliseconds", "microseconds", "dow", "isodow", "doy", "week", "isoyear", "quarter", "decade", "century", "millennium", "epoch"]
CLOCK = ["hour", "minute", "second", "milliseconds", "microseconds", "epoch"]
UNITS = ["microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "millennium"]


def T(kind, *parts):
    return Tree(kind, list(parts))


def case(g, kind, depth):
    if g.r.random() < 0.3:
        subject = g.r.choice(COMPARABLE)
        return T(kind, "(CASE ", g.make(subject, depth - 1), " WHEN ", g.make(subject, depth - 1), " THEN ", g.make(kind, depth), " ELSE ", g.make(kind, depth), " END)")
    otherwise = ["", ] if g.r.random() < 0.3 else [" ELSE ", g.make(kind, depth)]
    return T(kind, "(CASE WHEN ", g.make("bool", depth), " THEN ", g.make(kind, depth), *otherwise, " END)")


def coalesce(g, kind, depth):
    return T(kind, "coalesce(", g.make(kind, depth), ", ", g.make(kind, depth), ")")


def nullif(g, kind, depth):
    return T(kind, "nullif(", g.make(kind, depth), ", ", g.make(kind, depth), ")")


def extreme(g, kind, depth):
    return T(kind, g.r.choice(["greatest(", "least("]), g.make(kind, depth), ", ", g.make(kind, depth), ", ", g.leaf(kind), ")")


def from_text(g, kind, depth):
    return T(kind, "(", "nt" if g.r.random() < 0.7 else g.text(depth), ")::", kind)


def from_number(g, kind, depth):
    return T(kind, "(", g.any(NUMBERS, depth), ")::", kind)


def call(kind, *shape):
    """A call: names of types are arguments, '#' a small number, everything else text."""
    def make(g, wanted, depth):
        parts = []
        for piece in shape:
            if piece == "#":
                parts.append(g.small())
            elif callable(piece):
                parts.append(piece(g))
            elif piece in ALL:
                parts.append(g.make(piece, depth))
            else:
                parts.append(piece)
        return Tree(kind, parts)
    return make


def one_of(values):
    return lambda g: quoted(g.r.choice(values))


def any_of(kinds):
    return lambda g: g.make(g.r.choice(kinds), 1)


def compare(g, kind, depth):
    operand = g.r.choice(COMPARABLE)
    other = operand
    if operand in NUMBERS and g.r.random() < 0.4:
        other = g.r.choice(NUMBERS)
    if operand in MOMENTS and g.r.random() < 0.4:
        other = g.r.choice(MOMENTS)
    sign = g.r.choice([" = ", " <> ", " < ", " <= ", " > ", " >= ", " IS DISTINCT FROM ", " IS NOT DISTINCT FROM "])
    return T("bool", "(", g.make(operand, depth), sign, g.make(other, depth), ")")


def between(g, kind, depth):
    operand = g.r.choice(COMPARABLE)   # a column first: PostgreSQL compares constants before a row is read
    return T("bool", "(", g.column(operand), g.r.choice([" BETWEEN ", " NOT BETWEEN ", " BETWEEN SYMMETRIC "]), g.make(operand, depth), " AND ", g.make(operand, depth), ")")


def membership(g, kind, depth):
    operand = g.r.choice(COMPARABLE)
    items = []
    for index in range(g.r.randrange(1, 4)):
        items += [", " if index else "", g.make(operand, depth - 1)]
    return T("bool", "(", g.make(operand, depth), g.r.choice([" IN (", " NOT IN ("]), *items, "))")


def logic(g, kind, depth):
    if g.r.random() < 0.25:
        return T("bool", "(NOT ", g.make("bool", depth), ")")
    return T("bool", "(", g.make("bool", depth), g.r.choice([" AND ", " OR "]), g.make("bool", depth), ")")


def truth(g, kind, depth):
    if g.r.random() < 0.5:
        return T("bool", "(", g.any(ALL, depth), g.r.choice([" IS NULL)", " IS NOT NULL)"]))
    return T("bool", "(", g.make("bool", depth), " IS ", g.r.choice(["", "NOT "]), g.r.choice(["TRUE", "FALSE", "UNKNOWN"]), ")")


def like(g, kind, depth):
    pattern = g.r.choice(["%", "a%", "%b", "_", "%a%", "a_c", "\\%", "", "%%_", "abc", "%é%", "A%", "%\\_%", "a\\"])
    return T("bool", "(", g.any(["text", "text", "bpchar"], depth), g.r.choice([" LIKE ", " NOT LIKE "]), quoted(pattern) if g.r.random() < 0.7 else g.text(depth), ")")


def ilike(g, kind, depth):
    return T("bool", "(", g.text(depth), g.r.choice([" ILIKE ", " NOT ILIKE "]), quoted(g.r.choice(["a%", "%B%", "%É%", "abc", "_", "%straSSe"])), ")")


def regex(g, kind, depth):
    return T("bool", "((", g.text(depth), ") COLLATE \"C\" ", g.r.choice(["~", "!~", "~*", "!~*"]), " ", quoted(g.r.choice(REGEXES)), ")")


def similar(g, kind, depth):
    return T("bool", "((", g.text(depth), ") COLLATE \"C\" SIMILAR TO ", quoted(g.r.choice(["a%", "%(b|c)%", "[a-c]+", "_", "a_c", "%.%", "(ab)*", "a|b", "%\\%"])), ")")


def replace_regex(g, kind, depth):
    flags = g.r.choice([[], [", 'g'"], [", 'i'"], [", 'gi'"]])
    return T("text", "(regexp_replace((", g.text(depth), ") COLLATE \"C\", ", quoted(g.r.choice(REGEXES)), ", ", quoted(g.r.choice(["", "X", "[\\&]", "\\1", "<\\1>", "\\\\", "é"])), *flags, ") COLLATE \"default\")")


def arithmetic(g, kind, depth):
    sign = g.r.choice([" + ", " - ", " * ", " / ", " % "] if kind not in ("float4", "float8") else [" + ", " - ", " * ", " / "])
    if kind == "int4" and g.r.random() < 0.3:
        return T(kind, "(", g.make("int2", depth), sign if sign != " % " else " + ", g.make("int4", depth), ")")
    if kind == "int8" and g.r.random() < 0.3:
        return T(kind, "(", g.make("int8", depth), sign if sign != " % " else " + ", g.make("int4", depth), ")")
    if kind == "numeric" and g.r.random() < 0.3:
        return T(kind, "(", g.make("numeric", depth), sign, g.any(INTEGERS, depth), ")")
    if kind == "float8" and g.r.random() < 0.3:
        return T(kind, "(", g.any(["float4", "float8"], depth), sign, g.make("float8", depth), ")")
    return T(kind, "(", g.make(kind, depth), sign, g.make(kind, depth), ")")


def unary(g, kind, depth):
    return T(kind, "(", g.r.choice(["- ", "+ ", "@ "] if kind != "float4" else ["- ", "+ "]), g.make(kind, depth), ")")


def bits(g, kind, depth):
    if g.r.random() < 0.3:
        return T(kind, "(", g.make(kind, depth), g.r.choice([" << ", " >> "]), g.small().lstrip("-"), ")")
    return T(kind, "(", g.make(kind, depth), g.r.choice([" & ", " | ", " # "]), g.make(kind, depth), ")")


def extract(g, kind, depth):
    operand = g.r.choice(["date", "timestamp", "timestamptz", "time", "timetz", "interval"])
    field = g.r.choice(CLOCK if operand in ("time", "timetz") else FIELDS)
    return T("numeric", "extract(", field, " FROM ", g.make(operand, depth), ")")


def date_part(g, kind, depth):
    return T("float8", "date_part(", quoted(g.r.choice(FIELDS)), ", ", g.any(["date", "timestamp", "timestamptz", "interval"], depth), ")")


def date_trunc(g, kind, depth):
    if kind == "timestamptz" and g.r.random() < 0.3:
        return T(kind, "date_trunc(", quoted(g.r.choice(UNITS)), ", ", g.make(kind, depth), ", ", quoted(g.r.choice(ZONES)), ")")
    return T(kind, "date_trunc(", quoted(g.r.choice(UNITS)), ", ", g.make(kind, depth), ")")


def zone(g, kind, depth):
    other = "timestamptz" if kind == "timestamp" else "timestamp"
    return T(kind, "(", g.make(other, depth), " AT TIME ZONE ", quoted(g.r.choice(ZONES)), ")")


def to_char_number(g, kind, depth):
    return T("text", "to_char(", g.any(["int4", "int8", "numeric", "float8", "float4"], depth), ", ", quoted(g.r.choice(NUMBER_PATTERNS)), ")")


def to_char_time(g, kind, depth):
    return T("text", "to_char(", g.any(["timestamp", "timestamptz"], depth), ", ", quoted(g.r.choice(TIME_PATTERNS)), ")")


def read_time(g, kind, depth):
    pattern = g.r.choice(["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD Mon YYYY", "FMDD FMMonth YYYY", "YYYY-DDD", "MM/DD/YY"])
    clock = g.r.choice(["", " HH24:MI:SS", " HH12:MI AM", " HH24:MI:SS.MS", " HH24:MI:SS.US", " HH24MISS"]) if kind == "timestamptz" else ""
    return T(kind, "to_timestamp(" if kind == "timestamptz" else "to_date(", "to_char(", g.make("timestamp", depth - 1), ", ", quoted(pattern + clock), "), ", quoted(pattern + clock), ")")


def concat(g, kind, depth):
    parts = []
    for index in range(g.r.randrange(1, 4)):
        parts += [", " if index else "", g.any(ALL, depth - 1)]
    if g.r.random() < 0.5:
        return T("text", "concat(", *parts, ")")
    return T("text", "concat_ws(", g.text(depth - 1), ", ", *parts, ")")


def join(g, kind, depth):
    left, right = g.any(ALL, depth), g.text(depth)
    if left.type in ("json", "jsonb", "text[]"):
        left = g.text(depth)
    return T("text", "(", left, " || ", right, ")") if g.r.random() < 0.6 else T("text", "(", right, " || ", left, ")")


def format_call(g, kind, depth):
    pattern = g.r.choice(["%s", "%s-%s", "%2$s %1$s", "%10s|", "%-10s|", "%L", "%%%s", "%1$L%1$s", "%s %s %s", "%*s", "x"])
    return T("text", "format(", quoted(pattern), ", ", g.any(["text", "int4", "bool", "date", "numeric"], depth), ", ", g.any(["text", "int4", "numeric"], depth), ")")


def to_text(g, kind, depth):
    return T("text", "(", g.any(ALL, depth), ")::text")


def document(g, kind, depth):
    return T(kind, "(", g.make(kind, depth), g.r.choice([" -> 'a')", " -> 'b')", " -> 0)", " -> -1)", " -> 2)", " #> '{b,c}')", " #> '{a,0}')", " -> 'long name')"]))


def document_text(g, kind, depth):
    return T("text", "(", g.any(["json", "jsonb"], depth), g.r.choice([" ->> 'a')", " ->> 't')", " ->> 0)", " ->> -2)", " #>> '{b,c,2,d}')", " #>> '{a}')", " #>> '{}')"]))


def build_document(g, kind, depth):
    prefix = kind
    if g.r.random() < 0.5:
        return T(kind, prefix, "_build_object('k', ", g.any(ALL, depth), ", ", g.any(["text", "int4"], 0), ", ", g.any(ALL, depth), ")")
    return T(kind, prefix, "_build_array(", g.any(ALL, depth), ", ", g.any(ALL, depth), ")")


def document_of(g, kind, depth):
    return T(kind, "to_", kind, "(", g.any(ALL, depth), ")")


def array_any(g, kind, depth):
    element, array = g.r.choice([("int4", "int4[]"), ("text", "text[]"), ("int8", "int4[]"), ("numeric", "int4[]")])
    sign, how = g.r.choice([("=", "ANY"), ("<>", "ALL"), ("<", "ANY"), (">=", "ALL")])
    return T("bool", "(", g.make(element, depth), f" {sign} {how} (", g.make(array, depth), "))")


def array_element(g, kind, depth):
    return T(kind, "((", g.make(kind + "[]", depth), ")[", g.small(), "])")


def array_join(g, kind, depth):
    element = kind[:-2]
    way = g.r.randrange(4)
    if way == 0:
        return T(kind, "(", g.make(kind, depth), " || ", g.make(kind, depth), ")")
    if way == 1:
        return T(kind, "array_append(", g.make(kind, depth), ", ", g.make(element, depth), ")")
    if way == 2:
        return T(kind, "array_prepend(", g.make(element, depth), ", ", g.make(kind, depth), ")")
    return T(kind, "ARRAY[", g.make(element, depth), ", ", g.make(element, depth), "]")


def shifted(*operands):
    def make(g, kind, depth):
        left, right = g.r.choice(operands)
        return T(kind, "(", g.make(left, depth), g.r.choice([" + ", " - "]), g.make(right, depth), ")")
    return make


def scaled(g, kind, depth):
    if g.r.random() < 0.3:
        return T(kind, "(- ", g.make(kind, depth), ")")
    return T(kind, "(", g.make(kind, depth), g.r.choice([" * ", " / "]), g.r.choice(["2", "0.5", "-1.5", "3", "0", "0.1", "7"]), ")")


def difference(g, kind, depth):
    operand = g.r.choice(["timestamp", "timestamptz", "time"])
    return T(kind, "(", g.make(operand, depth), " - ", g.make(operand, depth), ")")


COMMON = [case, coalesce]
ORDERED = COMMON + [nullif, extreme]

RULES = {
    "bool": ORDERED + [compare, compare, compare, between, membership, logic, logic, truth, like, ilike, regex, regex, similar, from_text, array_any,
                       call("bool", "starts_with(", "text", ", ", "text", ")"), call("bool", "(", "jsonb", " ? 'a')"), call("bool", "(", "int4[]", " @> ", "int4[]", ")"), call("bool", "(", "text[]", " && ", "text[]", ")"),
                       call("bool", "(", "int4", ")::bool"), call("bool", "isfinite(", "timestamp", ")")],
    "int2": ORDERED + [arithmetic, unary, from_text, from_number, bits, call("int2", "abs(", "int2", ")")],
    "int4": ORDERED + [arithmetic, arithmetic, unary, from_text, from_number, bits, call("int4", "length(", "text", ")"), call("int4", "length(", "bpchar", ")"), call("int4", "octet_length(", "text", ")"), call("int4", "length(", "bytea", ")"),
                       call("int4", "position(", "text", " in ", "text", ")"), call("int4", "strpos(", "text", ", ", "text", ")"), call("int4", "ascii(", "text", ")"), call("int4", "(", "date", " - ", "date", ")"),
                       call("int4", "cardinality(", "text[]", ")"), call("int4", "array_length(", "int4[]", ", 1)"), call("int4", "array_position(", "text[]", ", ", "text", ")"), array_element, call("int4", "mod(", "int4", ", ", "int4", ")"),
                       call("int4", "num_nulls(", "text", ", ", "int4", ")"), call("int4", "(", "bool", ")::int4"), call("int4", "scale(", "numeric", ")"), call("int4", "abs(", "int4", ")"), call("int4", "octet_length(", "bpchar", ")")],
    "int8": ORDERED + [arithmetic, unary, from_text, from_number, bits, call("int8", "abs(", "int8", ")"), call("int8", "mod(", "int8", ", ", "int8", ")")],
    "numeric": ORDERED + [arithmetic, arithmetic, unary, from_text, from_number, extract, call("numeric", "round(", "numeric", ", ", "#", ")"), call("numeric", "trunc(", "numeric", ", ", "#", ")"), call("numeric", "round(", "numeric", ")"),
                          call("numeric", "floor(", "numeric", ")"), call("numeric", "ceil(", "numeric", ")"), call("numeric", "abs(", "numeric", ")"), call("numeric", "sign(", "numeric", ")"), call("numeric", "mod(", "numeric", ", ", "numeric", ")"),
                          call("numeric", "div(", "numeric", ", ", "numeric", ")"), call("numeric", "trim_scale(", "numeric", ")"), call("numeric", "sqrt(", "numeric", ")"), call("numeric", "power(", "n2", ", (", "#", ")::numeric)"),
                          call("numeric", "(", "numeric", ")::numeric(12,3)")],
    "float4": ORDERED + [arithmetic, unary, from_text, from_number, call("float4", "abs(", "float4", ")")],
    "float8": ORDERED + [arithmetic, unary, from_text, from_number, date_part, call("float8", "round(", "float8", ")"), call("float8", "floor(", "float8", ")"), call("float8", "ceil(", "float8", ")"), call("float8", "trunc(", "float8", ")"),
                         call("float8", "sqrt(", "float8", ")"), call("float8", "power(", "float8", ", ", "float8", ")"), call("float8", "sign(", "float8", ")"), call("float8", "round(", any_of(INTEGERS), ")")],
    "text": ORDERED + [to_text, to_text, join, join, concat, format_call, to_char_number, to_char_number, to_char_time, to_char_time, replace_regex, replace_regex, document_text, document_text, array_element,
                       call("text", "lower(", "text", ")"), call("text", "upper(", "text", ")"), call("text", "initcap(", "text", ")"), call("text", "trim(", "text", ")"), call("text", "ltrim(", "text", ", ", "text", ")"),
                       call("text", "rtrim(", "text", ", ", "text", ")"), call("text", "btrim(", "text", ", ", "text", ")"), call("text", "trim(both from ", "bpchar", ")"), call("text", "lpad(", "text", ", ", "#", ", ", "text", ")"),
                       call("text", "rpad(", "text", ", ", "#", ")"), call("text", "rpad(", "text", ", ", "#", ", ", "text", ")"), call("text", "substring(", "text", " from ", "#", ")"), call("text", "substring(", "text", " from ", "#", " for ", "#", ")"),
                       call("text", "substr(", "text", ", ", "#", ", ", "#", ")"), call("text", "left(", "text", ", ", "#", ")"), call("text", "right(", "text", ", ", "#", ")"), call("text", "replace(", "text", ", ", "text", ", ", "text", ")"),
                       call("text", "split_part(", "text", ", ", one_of([",", "#", "a", "ab", " ", ""]), ", ", "#", ")"), call("text", "reverse(", "text", ")"), call("text", "repeat(", "text", ", ", "#", ")"),
                       call("text", "translate(", "text", ", ", "text", ", ", "text", ")"), call("text", "chr(", "int4", ")"), call("text", "overlay(", "text", " placing ", "text", " from ", "#", ")"),
                       call("text", "overlay(", "text", " placing ", "text", " from ", "#", " for ", "#", ")"), call("text", "md5(", "text", ")"), call("text", "md5(", "bytea", ")"), call("text", "encode(", "bytea", ", ", one_of(["hex", "base64", "escape"]), ")"),
                       call("text", "array_to_string(", "int4[]", ", ", "text", ")"), call("text", "array_to_string(", "text[]", ", ', ', ", "text", ")"), call("text", "quote_literal(", "text", ")"), call("text", "to_hex(", "int4", ")"),
                       call("text", "(substring((", "text", ") COLLATE \"C\" from ", one_of(REGEXES), ") COLLATE \"default\")"), call("text", "jsonb_typeof(", "jsonb", ")"), call("text", "json_typeof(", "json", ")"), call("text", "(", "text", ")::varchar(3)"),
                       call("text", "lower(", "bpchar", ")"), call("text", "(", "bpchar", " || ", "text", ")"), call("text", "(", "bpchar", " || ", "int4", ")")],
    "bpchar": ORDERED + [call("bpchar", "(", "text", ")::char(4)"), call("bpchar", "(", "bpchar", ")::char(8)"), call("bpchar", "(", "int4", ")::char(5)")],
    "uuid": ORDERED + [from_text, call("uuid", "md5(", "text", ")::uuid")],
    "bytea": ORDERED + [call("bytea", "sha256(", "bytea", ")"), call("bytea", "(", "bytea", " || ", "bytea", ")"), call("bytea", "decode(", "text", ", ", one_of(["hex", "base64", "escape"]), ")"), call("bytea", "convert_to(", "text", ", 'UTF8')"),
                        call("bytea", "substring(", "bytea", " from ", "#", " for ", "#", ")"), from_text],
    "date": ORDERED + [from_text, call("date", "(", any_of(["timestamp", "timestamptz"]), ")::date"), call("date", "(", "date", " + ", "#", ")"), call("date", "(", "date", " - ", "int4", ")"), read_time,
                       call("date", "make_date(", "int4", ", ", "#", ", ", "#", ")")],
    "time": ORDERED + [from_text, call("time", "(", any_of(["timestamp", "timestamptz", "timetz", "interval"]), ")::time"), shifted(("time", "interval")), call("time", "(", "time", ")::time(2)")],
    "timetz": COMMON + [call("timetz", "(", any_of(["time", "timestamptz"]), ")::timetz")],
    "timestamp": ORDERED + [from_text, zone, zone, date_trunc, shifted(("timestamp", "interval"), ("date", "interval")), call("timestamp", "(", any_of(["date", "timestamptz"]), ")::timestamp"), call("timestamp", "(", "date", " + ", "time", ")"),
                            call("timestamp", "(", "timestamp", ")::timestamp(2)"), call("timestamp", "make_timestamp(", "#", ", ", "#", ", ", "#", ", ", "#", ", ", "#", ", ", "float8", ")")],
    "timestamptz": ORDERED + [from_text, zone, zone, date_trunc, shifted(("timestamptz", "interval")), call("timestamptz", "(", any_of(["date", "timestamp"]), ")::timestamptz"), call("timestamptz", "to_timestamp(", "float8", ")"), read_time],
    "interval": ORDERED + [from_text, scaled, scaled, difference, shifted(("interval", "interval")), date_trunc, call("interval", "justify_hours(", "interval", ")"), call("interval", "justify_days(", "interval", ")"),
                           call("interval", "age(", "timestamp", ", ", "timestamp", ")"), call("interval", "(", "time", ")::interval"), call("interval", "interval ", one_of(["1 day", "1.5 hours", "2 years 3 mons", "-7 days", "P1Y2M3DT4H", "1-2", "1.3 years", "1 2:03:04", "1.5 months", "0.7 weeks", "3 days ago", "1 century"]))],
    "json": COMMON + [document, build_document, document_of, call("json", "(", "jsonb", ")::json"), from_text],
    "jsonb": COMMON + [document, document, build_document, document_of, call("jsonb", "(", "json", ")::jsonb"), from_text],
    "int4[]": ORDERED + [array_join, from_text],
    "text[]": ORDERED + [array_join, call("text[]", "string_to_array(", "text", ", ", one_of([",", "a", "", "#"]), ")"), call("text[]", "(regexp_match((", "text", ") COLLATE \"C\", ", one_of(REGEXES), ") COLLATE \"default\")"), call("text[]", "(", "int4[]", ")::text[]"),
                         call("text[]", "string_to_array(", "text", ", NULL)")],
}
