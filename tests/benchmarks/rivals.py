"""The other engines, each with the rules in the form that was fastest for it of those we tried."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from importlib.metadata import packages_distributions, version
from typing import Any

from tests.benchmarks.contestants import Contestant, flat, joined
from tests.benchmarks.seeded import Condition, Customer, Workload, literal


class ZenArray(Contestant):
    """All rules as one expression: a list of truths."""

    name = "zen-engine, one array expression"
    distribution = "zen-engine"

    def __init__(self, work: Workload) -> None:
        import zen

        rules = ", ".join(joined(of, self._write, "and") for of in work.rules)
        self.ask = zen.compile_expression(f"[{rules}]").evaluate

    @staticmethod
    def _write(of: Condition) -> str:
        value = f"[{', '.join(map(literal, of.value))}]" if of.operator == "in" else literal(of.value)
        return f"{of.field.path} {of.operator} {value}"


class ZenArrayGuarded(ZenArray):
    """For customers with gaps: each comparison asks first whether the value is there. It tells true from not true."""

    name = "zen-engine, the array, asking for null"

    @staticmethod
    def _write(of: Condition) -> str:
        return f"{of.field.path} != null and {ZenArray._write(of)}"


class ZenTable(Contestant):
    """All rules as one decision table, which collects the rows that match."""

    name = "zen-engine, decision table"
    distribution = "zen-engine"

    def __init__(self, work: Workload) -> None:
        import zen

        rows = [
            {"_id": f"r{number}", "rule": str(number), **{of.field.flat: self._cell(of) for of in rule.conditions}}
            for number, rule in enumerate(work.rules)
        ]
        content = {
            "hitPolicy": "collect",
            "inputs": [{"id": of.flat, "name": of.flat, "field": of.path} for of in work.fields],
            "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
            "rules": rows,
        }
        graph = zen_graph([("table", "decisionTableNode", content)])
        self.ask = zen.ZenEngine().create_decision(json.dumps(graph)).evaluate

    @staticmethod
    def _cell(of: Condition) -> str:
        if of.operator == "in":
            return ", ".join(map(literal, of.value))
        return literal(of.value) if of.operator == "==" else f"{of.operator} {literal(of.value)}"

    def fired(self, answer: Any) -> Iterable[int]:
        return [row["rule"] for row in answer["result"]]


def zen_graph(nodes: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """A decision model of zen: the nodes in a row, between an input and an output."""
    row = [("request", "inputNode", None), *nodes, ("response", "outputNode", None)]
    place = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": id, "name": id, "type": kind, "position": place} | ({} if content is None else {"content": content})
            for id, kind, content in row
        ],
        "edges": [
            {"id": f"{one[0]}-{other[0]}", "type": "edge", "sourceId": one[0], "targetId": other[0]}
            for one, other in itertools.pairwise(row)
        ],
    }


class DurableByHand(Contestant):
    """durable_rules by its low-level calls, without nba: JSON in; assert, drain, retract."""

    name = "durable_rules, low-level by hand"
    distribution = "durable_rules"

    def __init__(self, work: Workload) -> None:
        import durable_rules_engine as engine

        self.work, self.engine, self.handles = work, engine, []
        for place in range(0, len(work.rules), 60):  # more than 64 matches at once are an error
            rules = enumerate(work.rules[place : place + 60], place)
            text = {
                f"r{number}": {"all": [{"m": {"$and": [*map(self._write, of.conditions)]}}]} for number, of in rules
            }
            self.handles.append(engine.create_ruleset("hand", json.dumps(text)))

    @staticmethod
    def _write(of: Condition) -> dict[str, Any]:
        name = of.field.flat
        if of.operator == "in":
            return {"$or": [{name: value} for value in of.value]}
        operators = {"<": "$lt", ">=": "$gte", "!=": "$neq"}
        return {name: of.value} if of.operator == "==" else {operators[of.operator]: {name: of.value}}

    def prepare(self, customer: Customer) -> dict[str, Any]:
        return {"sid": "0", "id": "m", **flat(self.work, customer)}

    def ask(self, prepared: dict[str, Any]) -> set[str]:
        engine, message, found = self.engine, json.dumps(prepared), set()
        for handle in self.handles:
            status, state = engine.assert_fact(handle, message)
            if status == 0:
                started = engine.start_action_for_state(handle, state)
                action = started[1] if started else None
                while action:
                    found.update(json.loads(action))
                    action = engine.complete_and_start_action(handle, state)
                engine.retract_fact(handle, message)
        return found

    def fired(self, answer: set[str]) -> Iterable[int]:
        return [int(name[1:]) for name in answer]


class Cel(Contestant):
    """The Common Expression Language, in Rust: all rules as one list."""

    name = "CEL in Rust, one list expression"
    distribution = "common-expression-language"

    def __init__(self, work: Workload) -> None:
        self.ask = self._compiled(work, f"[{', '.join(joined(of, cel, '&&') for of in work.rules)}]")

    def _compiled(self, work: Workload, text: str) -> Callable[[Customer], Any]:
        from cel import compile

        return compile(text).execute


def cel(of: Condition) -> str:
    """In CEL."""
    value = f"[{', '.join(map(literal, of.value))}]" if of.operator == "in" else literal(of.value)
    return f"{of.field.path} {of.operator} {value}"


class CelCpp(Cel):
    """The Common Expression Language, Google's in C++: all rules as one list."""

    name = "CEL in C++, one list expression"
    distribution = "cel-expr-python"
    most = 1_000
    because = "an expression has at most 100,000 characters"

    def _compiled(self, work: Workload, text: str) -> Callable[[Customer], Any]:
        from cel_expr_python import cel as library

        types = library.Type
        kinds = {"number": types.INT, "text": types.STRING, "bool": types.BOOL}
        variables = {of.name: kinds[of.kind] for of in work.fields if not of.section}
        sections = {of.section: types.Map(types.STRING, types.DYN) for of in work.fields if of.section}
        expression = library.NewEnv(variables=variables | sections).compile(text)
        return lambda customer: expression.eval(data=customer).plain_value()


class JsonLogic(Contestant):
    """JsonLogic, in Rust: all rules as one list."""

    name = "JsonLogic in Rust, one list"
    distribution = "datalogic-py"

    def __init__(self, work: Workload) -> None:
        import datalogic_py

        engine = datalogic_py.Engine()
        rule = engine.compile([{"and": [*map(self._write, of.conditions)]} for of in work.rules])
        session = engine.session()
        self.ask = lambda customer: session.evaluate(rule, customer)

    @staticmethod
    def _write(of: Condition) -> dict[str, Any]:
        value = list(of.value) if of.operator == "in" else of.value
        operator = {"==": "===", "!=": "!=="}.get(of.operator, of.operator)
        return {operator: [{"var": of.field.path}, value]}


class Clips(Contestant):
    """CLIPS, a Rete engine in C: a fact is asserted, the agenda is read, the fact is retracted."""

    name = "clipspy"
    distribution = "clipspy"

    def __init__(self, work: Workload) -> None:
        import clips

        self.work, self.symbols = work, {True: clips.Symbol("TRUE"), False: clips.Symbol("FALSE")}
        self.environment = clips.Environment()
        self.environment.build(f"(deftemplate customer {' '.join(f'(slot {of.flat})' for of in work.fields)})")
        for number, rule in enumerate(work.rules):
            slots = " ".join(self._write(*of) for of in enumerate(rule.conditions))
            self.environment.build(f"(defrule r{number} (customer {slots}) =>)")
        self.template = self.environment.find_template("customer")

    def _write(self, place: int, of: Condition) -> str:
        if of.field.kind == "bool":
            test = str(self.symbols[of.value])
        elif of.operator == "in":
            test = "|".join(map(literal, of.value))
        elif of.field.kind == "text":
            test = f"{'~' if of.operator == '!=' else ''}{literal(of.value)}"
        else:
            test = f"?v{place}&:({of.operator} ?v{place} {of.value})"
        return f"({of.field.flat} {test})"

    def prepare(self, customer: Customer) -> dict[str, Any]:
        found = flat(self.work, customer)
        return {name: self.symbols[value] if isinstance(value, bool) else value for name, value in found.items()}

    def ask(self, prepared: dict[str, Any]) -> list[str]:
        fact = self.template.assert_fact(**prepared)
        found = [activation.name for activation in self.environment.activations()]
        fact.retract()
        return found

    def fired(self, answer: list[str]) -> Iterable[int]:
        return [int(name[1:]) for name in answer]


class Cedar(Contestant):
    """Cedar, an authorisation language in Rust: the policies that permit are the rules that hold."""

    name = "cedarpy"
    distribution = "cedarpy"

    def __init__(self, work: Workload) -> None:
        import cedarpy

        policies = "\n".join(
            f"permit(principal, action, resource) when {{ {joined(of, self._write, '&&')} }};" for of in work.rules
        )
        self.policies = cedarpy.PolicySet.from_str(policies)
        self.entities = cedarpy.Entities.from_json_str("[]")
        self.authorise = cedarpy.is_authorized

    @staticmethod
    def _write(of: Condition) -> str:
        if of.operator == "in":
            return f"[{', '.join(map(literal, of.value))}].contains(context.{of.field.path})"
        return f"context.{of.field.path} {of.operator} {literal(of.value)}"

    def prepare(self, customer: Customer) -> dict[str, Any]:
        return {"principal": 'C::"1"', "action": 'A::"match"', "resource": 'R::"1"', "context": customer}

    def ask(self, prepared: dict[str, Any]) -> Any:
        return self.authorise(prepared, self.policies, self.entities).diagnostics.reasons

    def fired(self, answer: list[str]) -> Iterable[int]:
        return [int(name.removeprefix("policy")) for name in answer]


class RuleEngine(Contestant):
    """rule-engine, in pure Python: a rule at a time."""

    name = "rule-engine"
    distribution = "rule-engine"
    most = 1_000
    because = "a customer takes it 0.4 s"

    def __init__(self, work: Workload) -> None:
        import rule_engine

        self.work = work
        self.rules = [rule_engine.Rule(joined(of, self._write, "and")) for of in work.rules]

    @staticmethod
    def _write(of: Condition) -> str:
        value = f"[{', '.join(map(literal, of.value))}]" if of.operator == "in" else literal(of.value)
        return f"{of.field.flat} {of.operator} {value}"

    def prepare(self, customer: Customer) -> dict[str, Any]:
        return flat(self.work, customer)

    def ask(self, prepared: dict[str, Any]) -> list[bool]:
        return [rule.matches(prepared) for rule in self.rules]


def rego(work: Workload) -> str:
    """In Rego, the language of the Open Policy Agent."""

    def write(of: Condition) -> str:
        value = f"{{{', '.join(map(literal, of.value))}}}" if of.operator == "in" else literal(of.value)
        return f"input.{of.field.path} {of.operator} {value}"

    rules = [f"matching contains {number} if {{ {joined(of, write, ';')} }}" for number, of in enumerate(work.rules)]
    return "\n".join(["package bench", "import rego.v1", *rules])


class Regorus(Contestant):
    """Rego in Rust: Microsoft's regorus. PyPI has no release of its own; whatever is installed as `regorus` is run."""

    name = "Rego in Rust (regorus)"
    distribution = "regorus"
    most = 1_000
    because = "a policy file has at most 1 MiB"

    def __init__(self, work: Workload) -> None:
        import regorus

        self.engine = regorus.Engine()
        self.engine.add_policy("bench.rego", rego(work))

    def ask(self, prepared: Customer) -> Any:
        self.engine.set_input(prepared)
        return self.engine.eval_rule("data.bench.matching")

    def fired(self, answer: Any) -> Iterable[int]:
        return answer

    @classmethod
    def release(cls) -> str:
        (name, *_) = packages_distributions().get("regorus") or [cls.distribution]
        return f"{name} {version(name)}"


class RegoCpp(Contestant):
    """Rego in C++: Microsoft's rego-cpp, with the policy built once."""

    name = "Rego in C++ (rego-cpp)"
    distribution = "regopy"
    most = 100
    because = "a customer takes it 0.2 s"

    def __init__(self, work: Workload) -> None:
        import regopy

        self.input, self.interpreter = regopy.Input, regopy.Interpreter()
        self.interpreter.add_module("bench", rego(work))
        self.bundle = self.interpreter.build("data.bench.matching", [])

    def ask(self, prepared: Customer) -> Any:
        self.interpreter.set_input(self.input(prepared))
        return self.interpreter.query_bundle(self.bundle)

    def fired(self, answer: Any) -> Iterable[int]:
        (expression,) = json.loads(str(answer))["expressions"]
        return expression
