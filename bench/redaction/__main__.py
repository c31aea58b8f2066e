"""Measures how well a person is found in free text and taken out: ``python -m bench.redaction``.

    --cases N       letters of each seed (default 2000)
    --seeds A,B     the second is held out: nothing was ever changed for what it shows (default 1,8)
    --show N        so many of the mentions that were missed and of the false redactions are printed
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.redaction.cases import Case, cases
from rules.redaction import Hit, Matcher, redact, redact_html


@dataclass(slots=True)
class Figures:
    """What was counted."""

    mentions: Counter[int] = field(default_factory=Counter)
    by_itself: Counter[int] = field(default_factory=Counter)
    shown: Counter[int] = field(default_factory=Counter)
    near: Counter[int] = field(default_factory=Counter)
    near_by_itself: Counter[int] = field(default_factory=Counter)
    hits: int = 0
    automatic: int = 0
    false: int = 0
    again: int = 0
    size: int = 0
    seconds: float = 0.0
    examples: list[str] = field(default_factory=list)


def measure(letters: list[Case]) -> Figures:
    """Everything about these letters."""
    told = Figures()
    matchers: dict[int, Matcher] = {}
    for case in letters:
        matcher = matchers.setdefault(id(case.person), Matcher(case.person.aliases))
        find = matcher.find_html if case.markup else matcher.find
        began = time.process_time()
        hits = find(case.text, near=case.near, greeting=case.near, others=case.others)
        told.seconds += time.process_time() - began
        told.size += len(case.text)
        _count(told, case, hits)
        automatic = [hit for hit in hits if hit.automatic]
        clean = (redact_html if case.markup else redact)(case.text, automatic)
        told.again += sum(hit.automatic for hit in find(clean, near=case.near, greeting=case.near, others=case.others))
    return told


def speed(letters: list[Case]) -> float:
    """Milliseconds a KB for one person who is looked for in all these letters, as an erasure does."""
    matcher = Matcher(letters[0].person.aliases)
    began, size = time.process_time(), sum(len(case.text) for case in letters)
    for case in letters:
        (matcher.find_html if case.markup else matcher.find)(case.text, near=case.near, greeting=case.near, others=case.others)
    return 1000 * (time.process_time() - began) / (size / 1024)


def _count(told: Figures, case: Case, hits: list[Hit]) -> None:
    for mention in case.mentions:
        told.mentions[mention.tier] += 1
        told.near[mention.tier] += case.near
        for kind, counted in ((("automatic",), told.by_itself), (("automatic", "review"), told.shown)):
            left = _left(case.text, mention.start, mention.end, [hit for hit in hits if hit.kind in kind])
            counted[mention.tier] += not left
            told.near_by_itself[mention.tier] += not left and case.near and kind == ("automatic",)
            if left and (len(kind) == 2 or mention.tier == 1):
                told.examples.append(f"tier {mention.tier} {'missed' if len(kind) == 2 else 'for review'}: {_context(case.text, mention.start, mention.end)}")
    for hit in hits:
        told.hits += 1
        told.automatic += hit.automatic
        if hit.automatic and _outside(case, hit):
            told.false += 1
            told.examples.append(f"false: {case.person.first} {case.person.last}: {hit.tier} {hit.alias}: {_context(case.text, hit.start, hit.end)}")


def _left(text: str, start: int, end: int, hits: list[Hit]) -> str:
    """What of a mention no hit covers; its genitive, and tags, are nothing."""
    told = "".join(letter if not any(hit.start <= at < hit.end for hit in hits) else " " for at, letter in enumerate(text[start:end], start))
    told = re.sub(r"<[^<>]*>|&(?:nbsp|shy|gt);|['’]?s?$", "", told, flags=re.IGNORECASE)
    return re.sub(r"[\W_]", "", told)


def _outside(case: Case, hit: Hit) -> bool:
    inside = [(mention.start, mention.end) for mention in case.mentions]
    told = "".join(letter for at, letter in enumerate(case.text[hit.start:hit.end], hit.start) if not any(start <= at < end for start, end in inside))
    return bool(re.sub(r"<[^<>]*>|&\w+;|\W", "", told))


def _context(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 40):start]!r} [{text[start:end]!r}] {text[end:end + 30]!r}"


def printed(name: str, told: Figures, n: int, one: float) -> str:
    """The figures with their goals."""
    recall, false = told.by_itself[1] / told.mentions[1], told.false / max(1, told.automatic)
    lines = [
        f"{name}: {n} letters, {sum(told.mentions.values())} mentions, {told.hits} hits",
        f"  tier 1 (address, phone, customer number) gone by itself: {recall:.2%} of {told.mentions[1]} (goal 100 %: {'met' if recall == 1 else 'MISSED'})",
        f"  false redactions: {told.false} of {told.automatic} automatic hits, {false:.3%} (goal under 0.1 %: {'met' if false < 0.001 else 'MISSED'})",
        f"  tier 2 (full name, street) found: {told.shown[2] / told.mentions[2]:.2%} of {told.mentions[2]}; gone by itself where the person takes part: {told.near_by_itself[2] / told.near[2]:.1%}",
        f"  tier 3 (part of a name) found: {told.shown[3] / told.mentions[3]:.2%} of {told.mentions[3]}; gone by itself where the person takes part: {told.near_by_itself[3] / told.near[3]:.1%}",
        f"  sent to review: {1 - told.automatic / told.hits:.1%} of the hits, {(told.hits - told.automatic) / n:.1f} a letter; found again after redaction: {told.again}",
        f"  {one:.2f} ms/KB for one person in all letters, {1000 * told.seconds / (told.size / 1024):.2f} ms/KB where another is looked for every fourth letter",
    ]
    return "\n".join(lines)


def main() -> None:
    """Both seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seeds", default="1,8")
    parser.add_argument("--show", type=int, default=0)
    asked = parser.parse_args()
    for number, seed in enumerate(asked.seeds.split(",")):
        letters = cases(asked.cases, int(seed))
        told = measure(letters)
        print(printed(f"seed {seed}{' (held out)' if number else ''}", told, asked.cases, speed(letters)))
        for example in told.examples[:asked.show]:
            print("   ", example)


if __name__ == "__main__":
    main()
