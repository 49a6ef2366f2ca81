"""Runs the commands that documentation shows, and compares what they print with what the page says. See test/blackbox/test_docs.py.

A page that is to be run says so in a comment: <!-- run: sqlite --> or <!-- run: postgresql --> (which source it needs besides
DynamoDB Local). Then, from top to bottom, in one shell that starts in an empty folder:

  ```console              lines after `$ ` are commands (`> ` continues one), the lines below are what it prints, both streams;
                          a command without such lines may print anything. `...` stands for anything: within a line, or for lines.
  <!-- status: 2 -->      before a block: its last command ends so (otherwise 0)
  <!-- file: NAME -->     before any other block: it is that file
  <!-- hidden: COMMAND -->  is run and not shown
"""
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?:<!-- (?P<kind>status|file): (?P<value>.*?) -->\n+)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"^<!-- hidden: (?P<command>.*?) -->$", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    text: str
    line: int
    shown: list[str] = field(default_factory=list)
    status: int = 0
    compared: bool = True


@dataclass
class File:
    name: str
    text: str
    line: int


def needs(page: str) -> str | None:
    """What the page's run comment asks for."""
    found = re.search(r"<!-- run: (\w+) -->", page)
    return found.group(1) if found else None


def commands_of(block: str, line: int, status: int) -> list[Command]:
    commands: list[Command] = []
    for offset, text in enumerate(block.splitlines()):
        if text.startswith("$ "):
            commands.append(Command(text[2:], line + offset))
        elif text.startswith("> ") and commands and not commands[-1].shown:
            commands[-1].text += "\n" + text[2:]
        elif commands:
            commands[-1].shown.append(text.rstrip())
    if commands:
        commands[-1].status = status
    return commands


def steps_of(page: str) -> list[Command | File]:
    """What the page does, in its order."""
    found = []
    for match in [*FENCE.finditer(page), *HIDDEN.finditer(page)]:
        line = page.count("\n", 0, match.start()) + 1
        if "command" in match.groupdict():
            found.append((match.start(), [Command(match["command"], line, compared=False)]))
        elif match["kind"] == "file":
            found.append((match.start(), [File(match["value"], match["text"], line)]))
        elif match["language"] == "console":
            first = page.count("\n", 0, match.start("text")) + 1
            found.append((match.start(), commands_of(match["text"], first, int(match["value"]) if match["kind"] == "status" else 0)))
    return [step for _, steps in sorted(found, key=lambda each: each[0]) for step in steps]


# What is printed where the machine is slow or busy, between any two lines: how long work gets on, and notes about it.
PROGRESS = re.compile(r"^(.* \()?[\d,]+ rows?, [\d,]+ rows/s|^the target is slower than the source|^the source is read and let go|^the database is not in WAL mode")


def without_estimates(lines: list[str]) -> list[str]:
    """Estimates of rows and sizes are the engine's business and may change: `about 8,912 rows`, and tables with a column `rows (about)`."""
    found, in_table = [], False
    for line in lines:
        if "rows (about)" in line:
            in_table = True
        elif in_table:
            in_table = bool(re.search(r"\S {2,}\S", line))
        if in_table:
            line = re.sub(r" +", " ", re.sub(r"(?<= )[\d,]+(?= |$)", "#", line))
        found.append(re.sub(r"about [\d,]+ rows?(, [\d.]+ [kMGT]?B)?", "about # rows", line))
    return found


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are the shown ones, with `...` for anything."""
    shown, printed = without_estimates(shown), without_estimates(printed)
    pattern = ""
    for line in shown:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(piece) for piece in line.split("...")) + r"\n"
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed if not PROGRESS.match(line))) is not None


class Shell:
    """One bash, so that `cd` and `export` last; what stands in `swaps` is put in its real form on the way in, and back on the way out.
    `only_back` is for the way out alone."""

    END = "itemize-docs-command-ended"

    def __init__(self, folder: Path, environment: dict[str, str], swaps: list[tuple[str, str]], only_back: list[tuple[str, str]]):
        self.swaps = swaps
        self.only_back = only_back
        self.process = subprocess.Popen(["bash", "--norc"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")

    def real(self, text: str) -> str:
        for shown, real in self.swaps:
            text = text.replace(shown, real)
        return text

    def ask(self, command: str) -> tuple[int, list[str]]:
        """Its status and what it printed, as it is."""
        # Not in a subshell; its standard input is not ours.
        self.process.stdin.write(f"{{ {self.real(command)}\n}} </dev/null\nprintf '\\n%s %s\\n' {self.END} $?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(self.END + " "):
                return int(line.split()[1]), lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"the shell ended during: {command}")

    def run(self, command: str) -> tuple[int, list[str]]:
        status, lines = self.ask(command)
        text = "\n".join(lines).strip("\n")
        for shown, real in self.swaps + self.only_back:
            text = text.replace(real, shown)
        return status, text.split("\n") if text else []

    def write(self, file: File) -> None:
        folder = self.ask("pwd")[1][0]
        (Path(folder) / file.name).write_text(self.real(file.text))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


def run_page(path: Path, shell: Shell) -> list[str]:
    """Every way in which the page is not true."""
    faults = []
    for step in steps_of(path.read_text()):
        if isinstance(step, File):
            shell.write(step)
            continue
        status, printed = shell.run(step.text)
        place = f"{path.name}:{step.line}: $ {step.text}\n"
        if status != step.status:
            faults.append(f"{place}ended with status {status}, not {step.status}:\n" + "\n".join(printed))
        elif step.compared and step.shown and not matches(step.shown, printed):
            faults.append(f"{place}--- the page says\n" + "\n".join(step.shown) + "\n--- it printed\n" + "\n".join(printed))
    return faults
