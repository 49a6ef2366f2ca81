"""The benchmark's tables, made by SQL from row numbers alone: the same rows on every machine; and the model for each."""

WIDE_COLUMNS = """
    id bigint NOT NULL, customer_id integer NOT NULL, kind smallint NOT NULL, status text NOT NULL, name varchar(80) NOT NULL, email text,
    city text, note text, price numeric(12,2) NOT NULL, tax numeric(10,4), weight double precision, active boolean NOT NULL,
    born date, placed_at timestamp(3) without time zone NOT NULL, changed_at timestamptz NOT NULL, token uuid NOT NULL, settings jsonb"""

# Every column from the row number i; h is its MD5, as text. Every 16th optional value is NULL.
WIDE_ROWS = """
    SELECT i, (i * 7919) % 250000, i % 12, (ARRAY['NEW','PAID','PACKED','SHIPPED','DELIVERED','RETURNED'])[1 + i % 6],
      'Customer ' || left(h, 12) || ' "the ' || i % 97 || 'th"', CASE WHEN i % 16 <> 3 THEN left(h, 10) || '@example.com' END,
      CASE WHEN i % 16 <> 5 THEN (ARRAY['Reykjavík','Köln','Dublin','São Paulo','Osaka','Windhoek','Łódź','Perth'])[1 + i % 8] END,
      CASE WHEN i % 16 <> 7 THEN repeat(h || ' ', 1 + (i % 3)::int) END,
      ((i * 104729) % 100000000)::numeric / 100, CASE WHEN i % 16 <> 9 THEN ((i * 15485863) % 9000000)::numeric / 10000 END,
      CASE WHEN i % 16 <> 11 THEN (i * 31 % 1000003)::float8 / 1009 END, i % 3 = 0,
      CASE WHEN i % 16 <> 13 THEN date '1950-01-01' + (i % 20000)::int END,
      timestamp '2019-01-01' + i * interval '61.007 seconds', timestamptz '2020-01-01 00:00:00Z' + i * interval '59.000113 seconds', h::uuid,
      jsonb_build_object('theme', (ARRAY['dark','light'])[1 + i % 2], 'limit', i % 500, 'tags', jsonb_build_array('t' || i % 31, 't' || i % 17), 'ratio', i % 8 / 4.0)
    FROM (SELECT i, md5(i::text) h FROM generate_series({first}::bigint, {last}) i) numbers"""

# pgbench's own definition and contents ("pgbench -i -s 10": 100,000 rows a unit of scale).
ACCOUNTS_COLUMNS = "aid integer NOT NULL, bid integer, abalance integer, filler char(84)"
ACCOUNTS_ROWS = "SELECT i, (i - 1) / 100000 + 1, 0, '' FROM generate_series({first}::bigint, {last}) i"

# Items of 200 bytes as DynamoDB counts them: key and attribute names included.
SMALL_COLUMNS = "id bigint NOT NULL, name text NOT NULL, email text NOT NULL, balance numeric(12,2) NOT NULL, since timestamptz(0) NOT NULL, active boolean NOT NULL, note text NOT NULL"
SMALL_ROWS = """
    SELECT i, 'Somebody ' || left(h, 16), left(h, 12) || '@example.com', (100000 + i % 900000)::numeric / 100,
      timestamptz '2024-01-01 00:00:00Z' + i * interval '1 second', i % 2 = 0, h || h || left(h, 10)
    FROM (SELECT i + 10000000 AS i, md5(i::text) h FROM generate_series({first}::bigint, {last}) i) numbers"""

TABLES = {"wide": (WIDE_COLUMNS, WIDE_ROWS, "id"), "pgbench_accounts": (ACCOUNTS_COLUMNS, ACCOUNTS_ROWS, "aid"), "small": (SMALL_COLUMNS, SMALL_ROWS, "id")}


def make(connection, name: str, rows: int, under: str | None = None) -> str:
    """Makes the table `name` (or the same under another name) once, frozen, so that no reader has hint bits to set. Returns the name."""
    columns, query, key = TABLES[name]
    table = under or name
    found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()[0]
    if found and connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == rows:
        return table
    with connection.transaction():
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({columns}) WITH (autovacuum_enabled = off)")
        connection.execute(f"INSERT INTO {table} {query.format(first=1, last=rows)}")
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({key})")
    connection.execute(f"VACUUM (FREEZE, ANALYZE) {table}")
    connection.execute("CHECKPOINT")
    return table


def model(url: str, table: str, endpoint: str = "http://127.0.0.1:1") -> str:
    """One item type, its key made of the primary key by a template, everything else as it is."""
    key = next(key for name, (_, _, key) in TABLES.items() if table.startswith(name))
    return f"""itemize: 1
source: "{url}"
target: {{ region: eu-west-1, endpoint: "{endpoint}" }}
tables:
  bench: {{ partition_key: {{ PK: S }}, billing_mode: PAY_PER_REQUEST, managed: false }}
items:
  Row: {{ table: bench, from: {table}, key: {{ PK: "ROW#{{{key}}}" }} }}
"""
