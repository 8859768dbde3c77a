"""Loading: what `nba.load` takes, where it reads, and that it says everything that is wrong at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import nba
from nba.loading import yaml_files

AS_OF = "2026-11-22T09:00:00Z"
PACK = "pack: p\nactions: {a: {tier: care}}\nrules: [{id: r, when: true, propose: a, because: b}]\n"
SCHEMA = '{"type": "object", "properties": {"visits": {"type": "integer"}}}'


class TestWhatLoadTakes:
    def test_nothing(self):
        with pytest.raises(ValueError, match="say which rules: a folder, or packs="):
            nba.load()

    @pytest.mark.parametrize("path", [None, 5, ["a", "b"], b"rules", {}])
    def test_a_path_that_is_none(self, path):
        with pytest.raises(TypeError, match="a path should be a text or a Path, not "):
            nba.load(path)

    @pytest.mark.parametrize("path", ["nowhere", "a\0b", "x" * 5000, ""])
    def test_a_path_that_is_not_there(self, path, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(nba.RulesError) as caught:
            nba.load(path)
        assert {of.code for of in caught.value.problems} <= {"no-such-path", "no-rules"}
        assert len(str(caught.value)) < 400

    @pytest.mark.parametrize("packs", ["service", 5, [5], [None], [["service"]]])
    def test_packs_that_are_no_list_of_names(self, packs):
        with pytest.raises(TypeError, match="packs should be a list of names"):
            nba.load(packs=packs)

    @pytest.mark.parametrize("plugins", [[os], "service", os, {5: os}])
    def test_plugins_that_are_no_modules_by_name(self, plugins):
        with pytest.raises(TypeError, match="plugins should be modules by name"):
            nba.load(plugins=plugins)

    @pytest.mark.parametrize("name", ["profile", "context"])
    @pytest.mark.parametrize("model", [dict, {}, "Customer", nba.Profile()])
    def test_models_that_are_none(self, name, model):
        with pytest.raises(TypeError, match="profile and context should be pydantic models"):
            nba.load(nba.shipped("house"), **{name: model})

    @pytest.mark.parametrize("extra", ["allow", None, True])
    def test_an_extra_that_there_is_not(self, extra):
        with pytest.raises(ValueError, match='extra should be "ignore" or "forbid"'):
            nba.load(nba.shipped("house"), extra=extra)

    def test_a_matcher_that_there_is_not(self):
        with pytest.raises(nba.NbaError, match="there is no matcher 'nativ'; did you mean `native`"):
            nba.load(nba.shipped("house"), matcher="nativ")

    def test_no_packs_at_all_is_the_careful_house_alone(self):
        rules = nba.load(packs=[])
        assert (rules.ruleset.house.name, rules.decide({}, as_of=AS_OF).outcome) == ("careful", "nothing_proposed")


class TestWhereItReads:
    def test_a_single_file_is_enough(self, write):
        rules = nba.load(write({"p.yaml": PACK}) / "p.yaml")
        assert (rules.decide({}, as_of=AS_OF).action.action, rules.ruleset.house.name) == ("p.a", "careful")

    def test_files_are_found_in_folders_below_but_not_in_hidden_ones_or_fixtures(self, write):
        folder = write(
            {
                "a/b/p.yaml": PACK,
                "q.yml": "pack: q\n",
                "a/.git/x.yaml": "!!",
                ".hidden/x.yaml": "!!",
                "fixtures/x.yaml": "!!",
                "a/fixtures/deep/x.yaml": "!!",
                "notes.txt": "!!",
                "a/x.yaml.bak": "!!",
            }
        )
        assert [of.relative_to(folder).as_posix() for of in yaml_files(folder)] == ["a/b/p.yaml", "q.yml"]
        assert [of.name for of in nba.load(folder).ruleset.packs] == ["p", "q"]

    def test_a_folder_within_a_hidden_folder_is_read_when_it_is_named(self, tmp_path):
        folder = tmp_path / ".config" / "fixtures"
        folder.mkdir(parents=True)
        (folder / "p.yaml").write_text(PACK)
        assert nba.load(folder).ruleset.packs[0].name == "p"

    def test_a_folder_without_yaml_is_refused(self, tmp_path):
        with pytest.raises(nba.RulesError, match="there are no YAML files in"):
            nba.load(tmp_path)

    def test_several_folders_join_and_errors_tell_them_apart(self, tmp_path):
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "pack.yaml").write_text(f"pack: {name}\nrulez: []\n")
        with pytest.raises(nba.RulesError) as caught:
            nba.load(tmp_path / "one", tmp_path / "two")
        assert [str(of.span) for of in caught.value.problems] == ["one/pack.yaml:2:1", "two/pack.yaml:2:1"]

    def test_a_folder_that_is_named_twice_is_read_once(self, write):
        folder = write({"p.yaml": PACK, "house.yaml": "house: h\n"})
        assert nba.load(folder, folder, folder / "p.yaml").ruleset.hash == nba.load(folder).ruleset.hash

    @pytest.mark.parametrize(
        "text", ["", "# nothing\n", "5\n", "[]\n", "a: 1\n", "pack: p\nhouse: h\n", "pack: p\ncases: []\n"]
    )
    def test_a_file_says_what_it_is(self, refused, text):
        (problem,) = refused({"p.yaml": PACK, "x.yaml": text})
        assert (problem.code, problem.span.source.name) == ("what-is-this", "x.yaml")
        assert problem.message == "a file says just one of `pack:`, `house:`, `cases:`, `mapping:`"

    def test_cases_and_mappings_beside_the_rules_are_no_rules(self, load):
        assert load({"p.yaml": PACK, "c.yaml": "cases: []\n", "m.yaml": "mapping: m\nfields: {}\n"})

    def test_two_houses_are_refused_and_both_are_named(self, refused):
        (problem,) = refused({"p.yaml": PACK, "a.yaml": "house: a\n", "b/c.yaml": "house: b\n"})
        assert (problem.code, problem.message) == ("two-houses", "there are two houses: a.yaml:1 and b/c.yaml:1")

    @pytest.mark.parametrize(
        ("relative", "code"),
        [
            ("../secret.json", "outside"),
            ("a/../../secret.json", "outside"),
            ("/etc/hostname", "outside"),
            ("link.json", "outside"),
            ("nowhere.json", "unreadable"),
            ("loop.json", "unreadable"),
            (".", "unreadable"),
            ("pipe.json", "unreadable"),
            ("x" * 5000, "unreadable"),
        ],
    )
    @pytest.mark.parametrize("where", ["schema", "rows", "house"])
    def test_files_beside_the_rules_are_read_from_within_their_folder_only(
        self, refused, write, tmp_path, where, relative, code
    ):
        (tmp_path / "secret.json").write_text(SCHEMA)
        folder = write({"p.yaml": PACK})
        (folder / "link.json").symlink_to(tmp_path / "secret.json")
        (folder / "loop.json").symlink_to(folder / "loop.json")
        os.mkfifo(folder / "pipe.json")
        texts = {
            "schema": {"q.yaml": f"pack: q\nprofile: {{section: q, schema: '{relative}'}}\n"},
            "rows": {"q.yaml": f"pack: q\nrules: [{{id: r, table: {{inputs: {{v: value}}, rows: '{relative}'}}}}]\n"},
            "house": {"house.yaml": f"house: h\nprofile: '{relative}'\n"},
        }[where]
        (problem,) = refused(texts)
        assert problem.code == code
        assert problem.span is not None

    def test_a_schema_behind_a_link_within_the_folder_is_read(self, write, tmp_path):
        folder = write({"p.yaml": PACK + "profile: {section: p, schema: now.json}\n", "data/v1.json": SCHEMA})
        (folder / "now.json").symlink_to(folder / "data" / "v1.json")
        assert "p" in nba.load(folder).ruleset.profile.fields

    @pytest.mark.parametrize(
        "data", [b"\xff\xfe", b"pack: \xe4\n", b"pack: p\x00\n", b"\x00" * 100, b"pack: p\nrules: *x\n"]
    )
    def test_a_file_of_other_bytes_is_refused(self, write, data):
        folder = write({"p.yaml": PACK})
        (folder / "q.yaml").write_bytes(data)
        with pytest.raises(nba.RulesError):
            nba.load(folder)

    @pytest.mark.parametrize(
        "text",
        [
            "pack: &a [*a]\n",
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\npack: p\n",
            "pack: !!python/object/apply:os.system [ls]\n",
            "pack: p\nrules: " + "[" * 5000 + "\n",
            "pack: p\nmeta: " + "{a: " * 5000 + "\n",
            "pack: {a: 1}\n",
            "pack: p\npack: q\n",
            "pack: p\n---\npack: q\n",
            "pack: p\nrules: [{id: r, when: " + "(" * 3000 + "1" + ")" * 3000 + ", propose: a, because: b}]\n",
            "pack: p\nrules: [{id: r, when: " + "not " * 3000 + "true, propose: a, because: b}]\n",
            "pack: p\nrules: [{id: r, when: " + "1 + " * 3000 + "1 > 0, propose: a, because: b}]\n",
        ],
    )
    def test_hostile_yaml_is_refused_with_a_place(self, refused, text):
        for problem in refused({"p.yaml": PACK, "q.yaml": text}):
            assert problem.span.source.name == "q.yaml"

    def test_conditions_within_conditions_without_end_are_refused(self, refused):
        deep = "{not: " * 5000 + "true" + "}" * 5000
        (problem,) = refused({"p.yaml": PACK + f"signals: {{s: {{when: {deep}}}}}\n"})
        assert problem.code == "too-deep"


class TestEverythingAtOnce:
    def test_ten_errors_of_form_in_two_files_are_told_together(self, refused):
        problems = refused(
            {
                "a.yaml": """
                pack: p
                titel: A
                settings: {days: {type: whole, default: 1}, Upper: {type: integer, default: 1}}
                signals: {s: {}, t: {when: true, value: 1}}
                actions: {a: {teir: care}, b: {tier: care, at_most: 0}}
                """,
                "b.yaml": """
                pack: q
                rules: [{id: r}, {id: 5, when: true}, {id: t, when: [1, 2], propose: a, because: b}]
                """,
            }
        )
        assert len(problems) >= 10
        assert {of.span.source.name for of in problems} == {"a.yaml", "b.yaml"}

    def test_ten_errors_of_meaning_in_three_files_are_told_together(self, refused):
        problems = refused(
            {
                "house.yaml": """
                house: h
                tiers: [growth, care, recovery]
                consent: {grwoth: marketing}
                settings: {p.dyas: 5}
                laws: [{id: l, given: nmae == "x", never: {tag: none}, because: b}]
                """,
                "p.yaml": """
                pack: p
                settings: {days: {type: integer, default: 1}}
                signals: {s: {when: p.t}, t: {when: p.s}, u: {value: vlaue + 1}}
                actions: {a: {tier: caer}, b: {tier: care, payload: {x: locael}}}
                """,
                "q.yaml": """
                pack: q
                rules:
                  - {id: one, when: settings.none > 1, propose: p.b, because: b}
                  - {id: two, when: value > "1" and locale > 2, propose: p.c, because: b}
                  - {id: three, when: true, block: {tier: gorwth, channel: fax}, because: b}
                """,
            }
        )
        assert len(problems) >= 15
        assert {of.span.source.name for of in problems} == {"house.yaml", "p.yaml", "q.yaml"}

    def test_a_broken_signal_or_action_is_told_once_and_not_at_each_use(self, refused):
        problems = refused("""
            pack: p
            signals: {broken: {when: vlaue > 1}, user: {when: p.broken}}
            actions: {bad: {tier: caer}, good: {tier: care, value: vlaue}}
            rules:
              - {id: a, when: p.broken, propose: [bad, good], because: b}
              - {id: b, when: p.user, block: {action: p.bad}, because: b}
            """)
        assert [of.span.location for of in problems] == ["pack.yaml:3", "pack.yaml:4", "pack.yaml:4"]

    def test_problems_come_in_the_order_of_their_places_and_each_once(self, refused):
        text = "pack: p\nactions: {a: {tier: care}}\nrules:\n" + "".join(
            f"  - {{id: r{number}, when: vlaue > {number}, propose: a, because: b}}\n" for number in range(30)
        )
        lines = [of.span.line for of in refused(text)]
        assert lines == list(range(4, 34))

    def test_an_error_points_at_the_word(self, refused):
        (problem,) = refused(PACK.replace("when: true", "when: any(c.at is missing for c in event)"))
        assert problem.render().splitlines() == [
            "error[unknown-name]: `event` is not in the profile",
            "  --> pack.yaml:3:52",
            "3 | rules: [{id: r, when: any(c.at is missing for c in event), propose: a, because: b}]",
            "  | " + " " * 51 + "^^^^^",
            "help: did you mean `events`?",
        ]


class TestSections:
    def test_a_packs_schema_types_its_section(self, load):
        rules = load(
            {
                "p.yaml": PACK.replace("when: true", "when: p.visits > 2") + "profile: {section: p, schema: p.json}\n",
                "p.json": SCHEMA,
            }
        )
        assert rules.decide({"p": {"visits": 3}}, as_of=AS_OF).action.action == "p.a"

    def test_a_section_without_types_is_refused(self, refused):
        (problem,) = refused(PACK + "profile: {section: p}\n")
        assert (problem.code, problem.message) == ("no-schema", "nothing says what the section `p` holds")

    def test_a_clash_of_sections_is_refused(self, refused):
        section = "profile: {section: same, schema: p.json}\n"
        (problem,) = refused({"p.yaml": PACK + section, "q.yaml": "pack: q\n" + section, "p.json": SCHEMA})
        assert problem.message == "pack `q` brings `same`, which pack `p` has already"

    def test_a_section_with_a_core_fields_name_is_refused(self, refused):
        (problem,) = refused({"p.yaml": PACK + "profile: {section: events, schema: p.json}\n", "p.json": SCHEMA})
        assert problem.code == "section-clash"

    def test_the_houses_schemas_stand_beside_the_core(self, load):
        rules = load(
            {
                "house.yaml": "house: h\nprofile: p.json\ncontext: c.json\n",
                "p.yaml": PACK.replace("when: true", "when: visits > 2 and context.visits > 3"),
                "p.json": SCHEMA,
                "c.json": SCHEMA,
            }
        )
        assert rules.decide({"visits": 3}, context={"visits": 4}, as_of=AS_OF).outcome == "action"
        with pytest.raises(nba.ContextError, match="visits: found text, wanted a whole number"):
            rules.decide({}, context={"visits": "4"}, as_of=AS_OF)

    @pytest.mark.parametrize(
        "schema", ["", "5", "{", '{"type": "string"}', '{"type": "object", "properties": {"a": {"type": "nmuber"}}}']
    )
    def test_a_schema_that_cannot_be_used_is_refused_at_its_place(self, refused, schema):
        problems = refused({"p.yaml": PACK + "profile: {section: p, schema: p.json}\n", "p.json": schema})
        assert {of.span.source.name for of in problems} <= {"p.json", "p.yaml"}

    def test_a_signal_with_a_fields_name_is_refused(self, refused):
        text = PACK + "profile: {section: p, schema: p.json}\nsignals: {visits: {when: true}}\n"
        (problem,) = refused({"p.yaml": text, "p.json": SCHEMA})
        assert problem.message == "`p.visits` is also a field of the profile's section `p`"

    @pytest.mark.parametrize("name", ["value", "consents", "context", "settings", "as_of", "house", "true", "missing"])
    def test_a_pack_whose_name_is_taken_is_refused(self, refused, name):
        problems = refused(f"pack: {name}\nactions: {{a: {{tier: care}}}}\n")
        assert problems[0].code in ("name-taken", "wrong-value")


class TestTheRulesHash:
    def hash(self, tmp_path: Path, **files: str) -> str:
        folder = tmp_path / f"rules{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        return nba.load(folder).ruleset.hash

    def test_it_does_not_depend_on_comments_files_or_the_order_of_rules(self, tmp_path):
        rules = ["{id: r, when: true, propose: a, because: b}", "{id: s, when: value > 1, propose: a, because: b}"]
        whole = [f"pack: p\nactions: {{a: {{tier: care}}}}\nrules: [{', '.join(of)}]\n" for of in (rules, rules[::-1])]
        hashes = {self.hash(tmp_path, p_yaml=whole[0]), self.hash(tmp_path, q_yaml="# hello\n" + whole[1])}
        assert len(hashes) == 1

    @pytest.mark.parametrize(
        "change", [("true", "false"), ("care", "growth"), ("because: b", "because: c"), ("pack: p", "pack: q")]
    )
    def test_it_changes_with_what_the_rules_say(self, tmp_path, change):
        assert self.hash(tmp_path, p_yaml=PACK) != self.hash(tmp_path, p_yaml=PACK.replace(*change))

    def test_it_changes_with_the_files_beside_the_rules(self, tmp_path):
        text = PACK + "profile: {section: p, schema: p.json}\n"
        one, two = (self.hash(tmp_path, p_yaml=text, p_json=of) for of in (SCHEMA, SCHEMA.replace("visits", "calls")))
        assert one != two

    def test_it_changes_with_each_of_two_tables_of_the_same_name(self, tmp_path):
        hashes = set()
        for days in ("1", "2"):
            for name in ("one", "two"):
                folder = tmp_path / days / name
                folder.mkdir(parents=True)
                rule = "{id: t, table: {inputs: {v: value}, rows: t.csv}}"
                text = f"pack: {name}\nactions: {{a: {{tier: care}}}}\nrules: [{rule}]\n"
                (folder / "p.yaml").write_text(text)
                (folder / "t.csv").write_text(f"id,v,propose,because\nr,{days if name == 'one' else 9},a,b\n")
            hashes.add(nba.load(tmp_path / days / "one", tmp_path / days / "two").ruleset.hash)
        assert len(hashes) == 2
