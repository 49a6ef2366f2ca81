"""Documents: parents with ten children each, against the same documents made by json_agg in the server, and against a flat export."""
import shutil

import measure
from measure import figure

CHILDREN = 10

MODEL = """itemize: 1
source: "{source}"
target: {{ region: eu-west-1, endpoint: "http://127.0.0.1:1" }}
tables: {{ bench: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }} }}
items:
"""
DOCUMENTS = """  Parent: { table: bench, from: doc_parents, key: { PK: "P#{id}", SK: P }, embed: { children: { from: %s, order_by: [n], except: [parent_id] } } }
"""
FLAT = """  Parent: { table: bench, from: doc_parents, key: { PK: "P#{id}", SK: P } }
  Child: { table: bench, from: %s, key: { PK: "P#{parent_id}", SK: "C#{n}" } }
"""
JSON_AGG = """SELECT p.id, p.name, p.placed_at, json_agg(json_build_object('n', c.n, 'product', c.product, 'price', c.price, 'note', c.note) ORDER BY c.n)
FROM doc_parents p LEFT JOIN %s c ON c.parent_id = p.id GROUP BY p.id"""


def make(bench, parents: int) -> None:
    """The children twice: beside their parents, as they are when an order is written with its lines, and scattered."""
    made = bench.connection.execute("SELECT to_regclass('doc_scattered')").fetchone()[0]
    if made and bench.connection.execute("SELECT count(*) FROM doc_parents").fetchone()[0] == parents:
        return
    columns = "parent_id bigint NOT NULL REFERENCES doc_parents, n integer NOT NULL, product integer NOT NULL, price numeric(10,2) NOT NULL, note text NOT NULL, PRIMARY KEY (parent_id, n)"
    for statement in ("DROP TABLE IF EXISTS doc_beside, doc_scattered, doc_parents",
                      "CREATE TABLE doc_parents (id bigint PRIMARY KEY, name text NOT NULL, placed_at timestamptz NOT NULL)",
                      f"CREATE TABLE doc_beside ({columns})", f"CREATE TABLE doc_scattered ({columns})",
                      f"INSERT INTO doc_parents SELECT i, 'order number ' || i, timestamptz '2024-01-01' + i * interval '1 minute' FROM generate_series(1, {parents}) i",
                      f"INSERT INTO doc_beside SELECT i, n, (i * 31 + n * 7) % 10000, (i % 1000) + n / 100.0, 'line ' || n || ' of order ' || i "
                      f"FROM generate_series(1, {parents}) i, generate_series(1, {CHILDREN}) n ORDER BY i, n",
                      "INSERT INTO doc_scattered SELECT * FROM doc_beside ORDER BY hashint8(parent_id * 100 + n)", "VACUUM ANALYZE"):
        bench.connection.execute(statement)


def documents(bench) -> None:
    parents = max(1, bench.rows // CHILDREN)
    make(bench, parents)
    psql = shutil.which("psql") or "/usr/lib/postgresql/15/bin/psql"

    def export(items: str):
        folder = measure.empty(bench.scratch / "workspace-documents")
        (folder / "itemize.yaml").write_text(MODEL.format(source=bench.postgres_url) + items)
        return measure.run([bench.program, "export", "--to", "out", "--execute", "--quiet", "--json", "--connections", 2], folder, bench.server())

    def in_the_server(table: str):
        query = " ".join((JSON_AGG % table).split())
        return measure.run(["sh", "-c", f'exec "{psql}" -X -q "{bench.postgres_url}" -c "COPY ({query}) TO STDOUT" >/dev/null'], measure.empty(bench.scratch / "copy"), bench.server())

    for table, goal in (("doc_beside", 5.0), ("doc_scattered", 5.0)):
        samples = measure.interleaved(min(3, bench.rounds), {"documents": lambda: export(DOCUMENTS % table), "flat": lambda: export(FLAT % table), "json_agg": lambda: in_the_server(table)})
        name = f"{parents:,} parents, {parents * CHILDREN:,} {table}"
        ours = samples["documents"]
        bench.report.ratio("documents", f"{name}: documents, wall", figure(s.wall for s in ours), unit="s", note=f"CPU {measure.number(figure(s.cpu for s in ours).median)} s")
        bench.report.ratio("documents", f"{name}: peak memory", figure(s.peak / 2**20 for s in ours), most=512, unit="MiB")
        bench.report.ratio("documents", f"{name}: flat export of the same rows, wall", figure(s.wall for s in samples["flat"]), unit="s")
        bench.report.ratio("documents", f"{name}: documents / flat", figure(o.wall / f.wall for o, f in zip(ours, samples["flat"])), most=3.0)
        bench.report.ratio("documents", f"{name}: json_agg in the server, one connection, wall", figure(s.wall for s in samples["json_agg"]), unit="s")
        bench.report.ratio("documents", f"{name}: json_agg / documents", figure(j.wall / o.wall for o, j in zip(ours, samples["json_agg"])), least=goal)
