"""Every word of docs/relations.md, the whole way: what stands in the files is what SQL says."""
import json
import sqlite3

import pytest

from lib.targets import open_target
from support import needs_mariadb, needs_postgres, needs_program

pytestmark = needs_program

HEAD = """itemize: 1
source: "{source}"
target: {{ region: eu-west-1 }}
tables: {{ out: {{ partition_key: {{ PK: S }}, sort_key: {{ SK: S }} }} }}
items:
"""
TABLES = """
    CREATE TABLE people (id integer PRIMARY KEY, boss_id integer, name varchar(20) NOT NULL, FOREIGN KEY (boss_id) REFERENCES people (id));
    CREATE TABLE skills (id integer PRIMARY KEY, name varchar(20) NOT NULL);
    CREATE TABLE people_skills (person_id integer NOT NULL, skill_id integer NOT NULL, level integer, PRIMARY KEY (person_id, skill_id),
        FOREIGN KEY (person_id) REFERENCES people (id), FOREIGN KEY (skill_id) REFERENCES skills (id));
    CREATE TABLE tasks (person_id integer NOT NULL, n integer NOT NULL, hours decimal(6,2), state varchar(10) NOT NULL, PRIMARY KEY (person_id, n),
        FOREIGN KEY (person_id) REFERENCES people (id));
    INSERT INTO people VALUES (1, NULL, 'Ada'), (2, 1, 'Bo'), (3, 2, 'Cy'), (4, 2, 'Di'), (5, NULL, 'Ed');
    INSERT INTO skills VALUES (1, 'sql'), (2, 'lua'), (3, 'c');
    INSERT INTO people_skills VALUES (1, 1, 5), (1, 3, 2), (2, 1, NULL);
    INSERT INTO tasks VALUES (1, 1, 1.50, 'done'), (1, 2, 2.25, 'open'), (1, 3, NULL, 'open'), (1, 4, 8, 'done'), (1, 5, 0.5, 'open'), (2, 1, 3, 'open');
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres), pytest.param("mariadb", marks=needs_mariadb)])
def made(request, migration):
    """Writes a model over the tables and gives the items that come of it, by (PK, SK)."""
    if request.param == "sqlite":
        source = "sqlite:work.db"
        with sqlite3.connect(migration.folder / "work.db") as connection:
            connection.executescript(TABLES)
    else:
        database = request.getfixturevalue("database" if request.param == "postgresql" else "maria_database")
        migration.environment.update(getattr(database, "environment", {}))
        database.run_sql(TABLES)
        source = database.url

    def items(types: str, status=0) -> dict:
        migration.write_model(HEAD.format(source=source) + types)
        to = migration.folder / f"exports{len(list(migration.folder.glob('exports*')))}"
        migration.ok("export", "--to", to, "--execute", "--again", status=status)
        return {(item["PK"]["S"], item["SK"]["S"]): {name: value for name, value in item.items() if name not in ("PK", "SK")}
                for item in open_target(None, str(to)).items("out")}

    items.migration = migration
    return items


def people(parts: str) -> str:
    return f"  Person:\n    table: out\n    from: people\n    key: {{ PK: \"{{id}}\", SK: P }}\n    columns: none\n{parts}"


def task(n, **more) -> dict:
    return {"M": {"n": {"N": str(n)}, **more}}


def test_shapes(made):
    found = made(people("""
    embed:
      list: { from: tasks, where: "state = 'open'", order_by: [-hours], columns: [n] }
      set: { from: tasks, shape: set, columns: [state] }
      one: { from: tasks, shape: one, order_by: [{ hours: desc }], columns: [n, hours], where: "hours IS NOT NULL" }
      map: { from: tasks, shape: { map_by: n }, columns: [state], where: "n < 3" }
      count: { from: tasks, shape: count }
      sum: { from: tasks, shape: { sum: hours } }
      double: { from: tasks, shape: { sum: hours * 2 } }
      min: { from: tasks, shape: { min: hours } }
      max: { from: tasks, shape: { max: state } }
"""))
    ada, ed = found["1", "P"], found["5", "P"]
    assert ada["list"] == {"L": [task(3), task(2), task(5)]}          # NULL above all, as in PostgreSQL
    assert sorted(ada["set"]["SS"]) == ["done", "open"]
    assert ada["one"] == task(4, hours={"N": "8"})
    assert ada["map"] == {"M": {"1": {"M": {"state": {"S": "done"}}}, "2": {"M": {"state": {"S": "open"}}}}}
    assert [ada[name] for name in ("count", "sum", "double", "min", "max")] == [{"N": "5"}, {"N": "12.25"}, {"N": "24.5"}, {"N": "0.5"}, {"S": "open"}]
    assert ed == {"list": {"L": []}, "map": {"M": {}}, "count": {"N": "0"}}


def test_many_to_many(made):
    found = made(people("""
    embed:
      skills: { from: skills, via: { table: people_skills, columns: [level] }, columns: [name], order_by: [-level] }
      names: { from: skills, via: people_skills, shape: set, columns: [name], where: "people_skills.level > 2" }
"""))
    assert found["1", "P"] == {"skills": {"L": [{"M": {"name": {"S": "sql"}, "level": {"N": "5"}}}, {"M": {"name": {"S": "c"}, "level": {"N": "2"}}}]}, "names": {"SS": ["sql"]}}
    assert found["2", "P"] == {"skills": {"L": [{"M": {"name": {"S": "sql"}}}]}}


def test_bounds(made):
    spill = 'limit: 2, columns: [n], on_overflow: { spill: { key: { PK: "{id}", SK: "T#{chunk}" }, items: 2 } }'
    found = made(people(f"    embed: {{ tasks: {{ from: tasks, {spill} }} }}\n"))
    assert {key[1]: value["tasks"] for key, value in found.items() if key[0] == "1"} == {
        "P": {"L": [task(1), task(2)]}, "T#0": {"L": [task(3), task(4)]}, "T#1": {"L": [task(5)]}}
    assert [key for key in found if key[0] == "2"] == [("2", "P")]
    shown = made.migration.ok("preview", "-n", "1", "--json").document["Person"]
    assert [sample["item"]["SK"]["S"] for sample in shown] == ["P", "T#0", "T#1"]
    truncated = made(people("    embed: { tasks: { from: tasks, limit: 2, columns: [n], order_by: [-n], on_overflow: truncate } }\n"))
    assert truncated["1", "P"]["tasks"] == {"L": [task(5), task(4)]}
    assert ("1", "P") not in made(people("    embed: { tasks: { from: tasks, limit: 2, columns: [n] } }\n"), status=1)
    reject, = [json.loads(line) for line in (made.migration.folder / ".itemize/rejects/Person.jsonl").read_text().splitlines()]
    assert reject["reason"] == "embed_overflow" and reject["key"] == {"id": "1"}


def test_trees(made):
    found = made(people("""
    lookup: { top: { from: people, by: boss_id, recursive: root, columns: [name] } }
    embed: { staff: { from: people, recursive: true, max_depth: 2, columns: [name] } }
    set: { way: "{array_to_string(path(top, name), '/')}" }
"""))
    assert found["1", "P"]["staff"] == {"L": [{"M": {"name": {"S": "Bo"}, "staff": {"L": [{"M": {"name": {"S": "Cy"}}}, {"M": {"name": {"S": "Di"}}}]}}}]}
    assert found["4", "P"] == {"top": {"M": {"name": {"S": "Ada"}}}, "staff": {"L": []}, "way": {"S": "Ada/Bo/Di"}}
    assert found["5", "P"]["top"] == {"M": {"name": {"S": "Ed"}}} and found["5", "P"]["way"] == {"S": "Ed"}
    too_deep = made(people("    embed: { staff: { from: people, recursive: true, max_depth: 1, columns: [name] } }\n"), status=1)
    assert ("1", "P") not in too_deep and ("2", "P") in too_deep


def test_lookups_in_keys_and_conditions(made):
    found = made("""  Task:
    table: out
    from: tasks
    where: "owner.boss.name = 'Ada' OR owner.name = 'Ada' AND n > 4"
    lookup: { owner: { from: people, columns: none, lookup: { boss: { from: people, columns: none } } } }
    key: { PK: "{owner.name}", SK: "{coalesce(owner.boss.name, '-')}#{n}" }
    columns: [n]
""")
    assert found == {("Ada", "-#5"): {"n": {"N": "5"}}, ("Bo", "Ada#1"): {"n": {"N": "1"}}}


def test_many_items_of_one_row(made):
    found = made("""  Letter:
    table: out
    from: people
    for_each: { letter: "{string_to_array(lower(name), NULL)}" }
    where: "letter <> 'a'"
    key: { PK: "{letter}", SK: "{id}" }
    columns: none
""")
    assert sorted(found) == sorted([("d", "1"), ("b", "2"), ("o", "2"), ("c", "3"), ("y", "3"), ("d", "4"), ("i", "4"), ("e", "5"), ("d", "5")])


def test_new_columns_of_joined_tables(made):
    model = people("    embed: { tasks: { from: tasks } }\n")
    made(model)
    if not (made.migration.folder / "work.db").exists():
        return
    with sqlite3.connect(made.migration.folder / "work.db") as connection:
        connection.execute("ALTER TABLE tasks ADD COLUMN colour text")
        connection.execute("UPDATE tasks SET colour = 'red'")
    refused = made.migration.run("export", "--to", "refused", "--execute", "--again")
    assert refused.status == 2 and "tasks.colour" in refused.err
    assert "colour" not in json.dumps(made(model + "    new_columns: ignore\n")["1", "P"])
    assert "colour" in json.dumps(made(model + "    new_columns: include\n")["1", "P"])
