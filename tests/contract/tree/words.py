#!/usr/bin/env python3
"""What a finished tree does not say: that something is left to do, where its authors' machines keep things, and where
packages come from. And that the links of its documents lead somewhere.

usage: words.py ROOT
"""
import pathlib
import re
import sys

import tracked

# Written in two parts, so that this file passes its own check.
RULES = [
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b"), "says that it is unfinished"),
    (re.compile(r"\bplace" r"holder\b|\bfor" r" now\b|\bnot yet" r" implemented\b", re.IGNORECASE), "says that it is unfinished"),
    (re.compile(r"(?<![\w.$~}])/(root|work|Users|mnt|srv)/[\w.-]"), "is a path of one machine"),
    (re.compile(r"(?<![\w.$~}])/home/(?!u(ser)?\b)[\w.-]+"), "is a path of one machine"),
    (re.compile(r"\b[A-Z]:\\+Users\\+\w"), "is a path of one machine"),
    (re.compile(r"\b(registry\.npm" r"js\.org|py" r"pi\.org|files\.python" r"hosted\.org|crates" r"\.io|proxy\.go" r"lang\.org"
                r"|deb\.deb" r"ian\.org|archive\.ubu" r"ntu\.com|repo\.ma" r"ven\.apache\.org|api\.nu" r"get\.org)\b"),
     "is the host of a registry: whoever builds has their own"),
]
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.MULTILINE)


def check_words(place, content):
    """Places and rules that a text breaks."""
    problems = []
    for number, line in enumerate(content.splitlines(), 1):
        for pattern, why in RULES:
            found = pattern.search(line)
            if found:
                problems.append(f"{place}:{number}: '{found.group(0)}' {why}")
    return problems


def anchor(heading):
    """The fragment under which a heading is reached."""
    plain = re.sub(r"[`*_]", "", heading.lower())
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def check_links(root, place, content):
    """Relative links of a Markdown document that lead to no file, or to no heading of it."""
    problems = []
    without_code = re.sub(r"^```.*?^```", "", content, flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(without_code):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (root / place.parent / path).resolve() if path else root / place
        if not file.exists():
            problems.append(f"{place}: link to '{target}': there is no such file")
        elif fragment and file.suffix == ".md":
            if fragment not in {anchor(heading) for heading in HEADING.findall(file.read_text(encoding="utf-8"))}:
                problems.append(f"{place}: link to '{target}': there is no such heading")
    return problems


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    problems, checked = [], 0
    for path in tracked.files(root):
        content = tracked.text(root, path)
        if content is None:
            continue
        checked += 1
        problems += check_words(path, content)
        if path.suffix == ".md":
            problems += check_links(root, path, content)
    tracked.finish(problems, checked)


if __name__ == "__main__":
    main()
