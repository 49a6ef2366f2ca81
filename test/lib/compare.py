"""Compares what a target should hold with what it holds: every item, every field."""
import json
from collections import defaultdict
from dataclasses import dataclass, field

from lib import values
from lib.designs import ItemType


@dataclass
class Report:
    equal: int = 0
    refused: int = 0                             # rows that no item can hold
    left_out: int = 0                            # by `where`
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def same(self) -> bool:
        return not (self.missing or self.extra or self.different or self.problems)

    def lines(self, most: int = 20) -> list[str]:
        found = []
        for title, entries in (("missing", self.missing), ("extra", self.extra), ("different", self.different), ("problem", self.problems)):
            found += [f"{title}: {entry}" for entry in entries[:most]]
            if len(entries) > most:
                found.append(f"{title}: and {len(entries) - most} more")
        found.append(f"{self.equal} items equal, {len(self.missing)} missing, {len(self.extra)} extra, {len(self.different)} different, "
                     f"{self.refused} rows refused, {self.left_out} left out, {len(self.problems)} problems")
        return found


def expected_items(source, item_types: list[ItemType], report: Report) -> dict[str, dict[str, str]]:
    """DynamoDB table -> key text -> item text. Two rows that make one key are a problem of the design."""
    by_source = defaultdict(list)
    for item_type in item_types:
        by_source[item_type.source_table].append(item_type)
    expected: dict[str, dict[str, str]] = {item_type.table: {} for item_type in item_types}
    for table in source.tables():
        if table.name not in by_source:
            continue
        for row in source.rows(table):
            for item_type in by_source[table.name]:
                try:
                    item = item_type.make(row)
                    if item is not None:
                        values.check_limits(item, item_type.key)
                except values.Refused:
                    report.refused += 1
                    continue
                if item is None:
                    report.left_out += 1
                    continue
                key = values.key_text(item, item_type.key)
                if key in expected[item_type.table]:
                    report.problems.append(f"{item_type.table}: two rows make the key {key}")
                expected[item_type.table][key] = values.item_text(item)
    return expected


def difference(key: str, expected: str, found: str) -> str:
    """Which attributes differ, and how."""
    should, has = json.loads(expected), json.loads(found)
    parts = [f"{name}: expected {json.dumps(should.get(name), ensure_ascii=False)}, found {json.dumps(has.get(name), ensure_ascii=False)}"
             for name in sorted(should.keys() | has.keys()) if should.get(name) != has.get(name)]
    return f"{key}: " + "; ".join(part[:300] for part in parts)


def compare(source, target, item_types: list[ItemType], prefix: str = "") -> Report:
    """`prefix` stands before every DynamoDB table's name in the target."""
    report = Report()
    expected = expected_items(source, item_types, report)
    present = set(target.tables())
    for table, items in expected.items():
        key_names = next(item_type.key for item_type in item_types if item_type.table == table)
        if prefix + table not in present:
            report.missing.append(f"the table {prefix + table}")
            continue
        actual_key = target.key(prefix + table)
        if actual_key and actual_key != key_names:
            report.problems.append(f"{table}: its key is {actual_key}, not {key_names}")
        for item in target.items(prefix + table):
            key = values.key_text(item, key_names)
            wanted = items.pop(key, None)
            found = values.item_text(item)
            if wanted is None:
                report.extra.append(f"{table} {key}: {found[:300]}")
            elif wanted == found:
                report.equal += 1
            else:
                report.different.append(f"{table} {difference(key, wanted, found)}")
        report.missing += [f"{table} {key}" for key in items]
    report.problems += getattr(target, "problems", [])
    return report
