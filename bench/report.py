"""The figures of a run, each against its goal."""
from measure import Figure


class Report:
    def __init__(self):
        self.lines: list[dict] = []
        self.failures = 0

    def ratio(self, part: str, what: str, value: Figure, most: float | None = None, least: float | None = None, unit: str = "x", note: str = "") -> None:
        """A figure, with the goal that its median must keep."""
        reached = None
        if most is not None or least is not None:
            reached = (most is None or value.median <= most) and (least is None or value.median >= least)
        self.lines.append({"part": part, "what": what, "median": value.median, "low": value.low, "high": value.high, "unit": unit,
                           "goal": f"<= {most:g}" if most is not None else f">= {least:g}" if least is not None else "", "reached": reached, "note": note})

    def skipped(self, part: str, why: str) -> None:
        self.lines.append({"part": part, "what": "skipped", "note": why})

    def failed(self, part: str, why: str) -> None:
        self.failures += 1
        self.lines.append({"part": part, "what": "FAILED", "note": why})

    def text(self) -> str:
        rows = []
        for line in self.lines:
            if "median" not in line:
                rows.append((line["part"], f"{line['what']}: {line['note']}", "", "", ""))
                continue
            verdict = {True: "reached", False: "MISSED", None: ""}[line["reached"]]
            rows.append((line["part"], line["what"] + (f" ({line['note']})" if line["note"] else ""), f"{Figure(line['median'], line['low'], line['high'])} {line['unit']}".rstrip(), line["goal"], verdict))
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
