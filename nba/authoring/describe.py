"""A pack as a page for people, in Markdown, made from its YAML: what it listens to, what it does, what it tells others."""

from __future__ import annotations

from collections.abc import Iterator

from nba.authoring.written import WrittenPack
from nba.language.types import Record
from nba.profile import PROFILE
from nba.reads import reads
from nba.ruleset.model import Feature, Ruleset


def describe(pack: WrittenPack, ruleset: Ruleset) -> str:
    """The page of a pack. `ruleset` is the pack loaded, best beside all that it listens to: then no rule is left out.

    >>> import nba
    >>> from nba.authoring.written import written_packs
    >>> dealer = nba.shipped("car-dealer")
    >>> print(describe(written_packs([dealer])["service"], nba.load(dealer).ruleset).splitlines()[0])
    # Customer service
    """
    page = _Page(pack, ruleset)
    return "\n".join(page.lines()).rstrip() + "\n"


class _Page:
    def __init__(self, pack: WrittenPack, ruleset: Ruleset) -> None:
        self.pack, self.ruleset = pack, ruleset
        self.prefix = f"{pack.name}."
        self.facts = {of.id: of for of in ruleset.facts}

    def lines(self) -> Iterator[str]:
        pack = self.pack
        about = f" The department is `{pack.department}`." if pack.department != pack.name else ""
        yield from (f"# {pack.title}", "", f"The pack `{pack.name}`, as its rules say it.{about}", "")
        yield from self.listens()
        yield from self.tells()
        yield from self.does()
        yield from self.holds()
        yield from self.weighs()
        yield from self.asks()
        yield from self.settings()

    def full(self, name: str) -> str:
        return name if "." in name else self.prefix + name

    def listens(self) -> Iterator[str]:
        """The own section, and what else its rules read."""
        yield from ("## What it listens to", "")
        section = self.ruleset.profile.fields.get(self.pack.section or "")
        if section is not None and isinstance(section.type, Record):
            said = f"The section `{self.pack.section}` of the profile. Every field may be missing."
            yield from (said, "", "| field | type | meaning |", "| --- | --- | --- |")
            yield from _fields(section.type, self.pack.section or "")
            yield ""
        paths, facts = self.read()
        core = sorted(of for of in paths if of.partition(".")[0].removesuffix("[]") in PROFILE.fields)
        around = sorted(of for of in paths if of.startswith("context."))
        strange = sorted(of for of in paths if of not in {*core, *around} and not of.startswith(self.prefix))
        if core:
            yield from (f"Of the core of the profile: {_listed(core)}.", "")
        if around:
            yield from (f"Of the state of the company: {_listed(around)}.", "")
        if facts or strange:
            yield from ("Of other departments, where their packs are loaded:", "")
            for id in [*sorted(facts), *strange]:
                yield f"- `{id}`" + (f": {meaning}" if (meaning := self.meaning(id)) else "")
            yield ""

    def read(self) -> tuple[set[str], set[str]]:
        """The paths that the pack's own rules, actions and signals read, and the signals of others."""
        from nba.language import tree

        facts, nodes = set[str](), list[tree.Node]()
        for of in self.ruleset.statements:
            if of.id.startswith(self.prefix):
                nodes.append(of.condition)
        nodes += [of.node for of in self.ruleset.facts if not isinstance(of, Feature) and of.id.startswith(self.prefix)]
        for guard in self.ruleset.guards:
            if guard.rule.id.startswith(self.prefix):
                nodes.append(guard.rule.condition)
        paths = set[str]()
        own = {id for id in reads(self.ruleset) if id.startswith(self.prefix)}
        while nodes:
            node = nodes.pop()
            if isinstance(node, tree.Fact) and not node.id.startswith(self.prefix):
                facts.add(node.id)
            nodes += tree.children(node)
        followed = {path for id in facts for path in reads(self.ruleset).get(id, ())}
        for id in own:
            paths |= set(reads(self.ruleset)[id])
        return {of for of in paths if of not in followed or of.startswith(self.prefix)}, facts

    def meaning(self, id: str) -> str:
        fact = self.facts.get(id)
        return "" if fact is None or isinstance(fact, Feature) else fact.because
