"""The wide table in MariaDB: its 17 columns in MySQL's types, made from row numbers as tables.py does."""
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import measure

COLUMNS = """
    id bigint NOT NULL PRIMARY KEY, customer_id int NOT NULL, kind smallint NOT NULL, status varchar(10) NOT NULL, name varchar(80) NOT NULL, email varchar(80),
    city varchar(40), note text, price decimal(12,2) NOT NULL, tax decimal(10,4), weight double, active boolean NOT NULL,
    born date, placed_at datetime(3) NOT NULL, changed_at timestamp(6) NOT NULL, token char(36) NOT NULL, settings json"""

ROWS = """
    SELECT i, (i * 7919) % 250000, i % 12, elt(1 + i % 6, 'NEW','PAID','PACKED','SHIPPED','DELIVERED','RETURNED'),
      concat('Customer ', left(h, 12), ' "the ', i % 97, 'th"'), if(i % 16 <> 3, concat(left(h, 10), '@example.com'), NULL),
      if(i % 16 <> 5, elt(1 + i % 8, 'Reykjavík','Köln','Dublin','São Paulo','Osaka','Windhoek','Łódź','Perth'), NULL),
      if(i % 16 <> 7, repeat(concat(h, ' '), 1 + i % 3), NULL),
      ((i * 104729) % 100000000) / 100, if(i % 16 <> 9, ((i * 15485863) % 9000000) / 10000, NULL),
      if(i % 16 <> 11, (i * 31 % 1000003) / 1009e0, NULL), i % 3 = 0,
      if(i % 16 <> 13, date '1950-01-01' + INTERVAL i % 20000 DAY, NULL),
      timestamp '2019-01-01 00:00:00' + INTERVAL i * 61.007 SECOND, timestamp '2020-01-01 00:00:00' + INTERVAL i * 59.000113 SECOND,
      concat(left(h, 8), '-', substr(h, 9, 4), '-', substr(h, 13, 4), '-', substr(h, 17, 4), '-', substr(h, 21)),
      json_object('theme', elt(1 + i % 2, 'dark', 'light'), 'limit', i % 500, 'tags', json_array(concat('t', i % 31), concat('t', i % 17)), 'ratio', i % 8 / 4.0)
    FROM (SELECT seq AS i, md5(seq) AS h FROM seq_1_to_{rows}) numbers"""


@dataclass
class Server:
    url: str
    password: str

    @classmethod
    def from_environment(cls) -> "Server | None":
        url = os.environ.get("ITEMIZE_TEST_MARIADB")
        return cls(url, os.environ.get("ITEMIZE_TEST_MARIADB_PASSWORD", "")) if url else None

    @property
    def client_options(self) -> str:
        parts = urlsplit(self.url)
        return f"--host={parts.hostname} --port={parts.port} --user={parts.username} --skip-ssl --default-character-set=utf8mb4 {parts.path.strip('/')}"

    def make_wide(self, rows: int) -> None:
        import pymysql
        parts = urlsplit(self.url)
        connection = pymysql.connect(host=parts.hostname, port=parts.port, user=parts.username, password=self.password, database=parts.path.strip("/"), charset="utf8mb4", autocommit=True)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            cursor.execute("DROP TABLE IF EXISTS wide")
            cursor.execute(f"CREATE TABLE wide ({COLUMNS}) CHARACTER SET utf8mb4")
            cursor.execute(f"INSERT INTO wide {ROWS.format(rows=rows)}")
            cursor.execute("ANALYZE TABLE wide")

    def workspace(self, folder: Path) -> Path:
        measure.empty(folder)
        (folder / "itemize.yaml").write_text(f"""itemize: 1
source: "{self.url}?ssl-mode=DISABLED"
target: {{ region: eu-west-1 }}
tables:
  bench: {{ partition_key: {{ PK: S }}, billing_mode: PAY_PER_REQUEST }}
items:
  Row: {{ table: bench, from: wide, key: {{ PK: "ROW#{{id}}" }} }}
""")
        return folder
