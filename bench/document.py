"""Puts the last table between the markers of docs/PERFORMANCE.md."""

from pathlib import Path

BEGIN = "<!-- bench: begin -->"
END = "<!-- bench: end -->"


def replace(document: Path, text: str) -> None:
    """Replaces what stands between the markers."""
    before, found_begin, rest = document.read_text().partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not found_begin or not found_end:
        raise LookupError(f"{document} lacks the markers {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}")
