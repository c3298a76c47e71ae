"""A judge of our requests to Discord, by Discord's own description of them. Knows no payload.

The description lies beside the repository, in `shared/spec`; without it nothing is judged. It is
laxer than Discord in places (it names no sums and no uniqueness): see `tests.discord.limits`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = Mapping[str, Any]

SPEC = Path(__file__).parents[3] / "shared" / "spec" / "discord-openapi.json"
# The name under which schemas find one another.
_HERE = "urn:discord"
_VERBS = {"get", "put", "post", "patch", "delete"}
# discord.py says these also where they are not described, or could not be.
_IDLE: Json = {"tts": False, "nsfw": False}
_TRUTHS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}
_NAMES = {str: "text", bool: "a boolean", int: "an integer", float: "a number", type(None): "null",
          list: "a list", dict: "an object"}  # fmt: skip


class Judge:
    """`Judge().request(...)`: what is wrong with a request, nothing when all is well."""

    def __init__(self) -> None:
        self.here = SPEC.is_file()

    def request(
        self, method: str, path: str, body: object | None, *, multipart: bool = False
    ) -> list[str]:
        """The violations of one request, each a short sentence that quotes nothing of its content.

        `path` begins after "/api/v10" (which is taken off where it is there) and may have a query.
        `body` is the JSON, of a multipart request what is in its `payload_json`. Without Discord's
        description, as `here` says, every request is fine.
        """
        if not self.here:
            return []
        parts = urlsplit(path)
        found = _operation(method.lower(), re.sub(r"^/api(/v\d+)?(?=/)", "", parts.path))
        if found is None:
            return [f"{method.upper()} {_veiled(parts.path)}: Discord has no such operation"]
        template, given = found
        shape = _spec()["paths"][template]
        operation = shape[method.lower()]
        where = f"{method.upper()} {template}"
        parameters = [*shape.get("parameters", ()), *operation.get("parameters", ())]
        return list(
            dict.fromkeys(
                f"{where}: {fault}"
                for fault in (
                    *_path_faults(parameters, given),
                    *_query_faults(parameters, parts.query),
                    *_body_faults(template, method.lower(), operation, body, multipart),
                )
            )
        )


@cache
def _spec() -> Any:
    """Discord's description, with ids as Discord reads them: as numbers too, as discord.py does."""
    spec = json.loads(SPEC.read_bytes())
    spec["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    return spec


@cache
def _operations() -> list[tuple[str, list[str], frozenset[str]]]:
    """Every path, as written and in parts, with its verbs; the most literal ones first."""
    paths = [
        (path, path.split("/"), frozenset(_VERBS & shape.keys()))
        for path, shape in _spec()["paths"].items()
    ]
    return sorted(paths, key=lambda each: sum(part.startswith("{") for part in each[1]))


def _operation(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The operation of a path, and the values in it."""
    parts = path.split("/")
    for template, wanted, verbs in _operations():
        if method in verbs and len(wanted) == len(parts):
            pairs = list(zip(wanted, parts, strict=True))
            if all(want == part or (want[:1] == "{" and part) for want, part in pairs):
                return template, {w[1:-1]: unquote(p) for w, p in pairs if w[:1] == "{"}
    return None


def _veiled(path: str) -> str:
    """A path without its ids and tokens."""
    return "/".join("…" if re.search("[0-9]|.{24}", part) else part for part in path.split("/"))


def _path_faults(parameters: Sequence[Json], given: Mapping[str, str]) -> Iterator[str]:
    for parameter in parameters:
        if parameter["in"] == "path":
            name = parameter["name"]
            yield from _faults(parameter["schema"], given[name], f"the path's {name}")


def _query_faults(parameters: Sequence[Json], query: str) -> Iterator[str]:
    wanted = {each["name"]: each for each in parameters if each["in"] == "query"}
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in given.items():
        if name not in wanted:
            yield f"there is no query parameter {name}"
        else:
            schema = wanted[name]["schema"]
            yield from _faults(schema, _read(schema, value), f"the query's {name}")
    for name, each in wanted.items():
        if each.get("required") and name not in given:
            yield f"the query's {name} is missing"


def _read(schema: Json, value: str) -> Any:
    """A value of a query as what its schema takes it for; as it is where it cannot be that."""
    kinds = _types(_plain(schema))
    if "boolean" in kinds:
        return _TRUTHS.get(value, value)
    if "integer" in kinds and "string" not in kinds:
        return int(value) if re.fullmatch("-?[0-9]{1,30}", value) else value
    return [value] if kinds == {"array"} else value


def _body_faults(
    template: str, method: str, operation: Json, body: object | None, multipart: bool
) -> Iterator[str]:
    wanted = operation.get("requestBody")
    if wanted is None:
        if body is not None or multipart:
            yield "takes no body"
        return
    content = wanted["content"]
    if multipart and "multipart/form-data" not in content:
        yield "takes no files"
        return
    if body is None:
        if wanted.get("required"):
            yield "the body is missing"
        return
    kind = "application/json" if "application/json" in content else "multipart/form-data"
    if kind not in content or (kind != "application/json" and not multipart):
        yield f"takes {' or '.join(sorted(content))} only"
        return
    yield from _faults(content[kind]["schema"], body, "")


def _faults(schema: Json, value: Any, start: str) -> Iterator[str]:
    # Schemas are looked up in this registry, by the name that each reference in them is given.
    rooted = {"$id": f"{_HERE}:judged", **_absolute(schema)}
    for error in _validator()(rooted, registry=_registry(), format_checker=_FORMATS).iter_errors(
        value
    ):
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
        path = (start + "".join(steps)).removeprefix(".") or "the body"
        for sentence in _sentences(error):
            yield f"{path} {sentence}"


@cache
def _registry() -> Any:
    return Registry().with_resource(_HERE, DRAFT202012.create_resource(_spec()))


def _absolute(schema: Any) -> Any:
    """A schema whose references lead into the description from outside of it."""
    if isinstance(schema, Mapping):
        return {
            key: f"{_HERE}{value}" if key == "$ref" else _absolute(value)
            for key, value in schema.items()
        }
    return [_absolute(each) for each in schema] if isinstance(schema, list) else schema


def _plain(schema: Json) -> Json:
    """What a reference refers to."""
    while "$ref" in schema:
        schema = _spec()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _types(schema: Json) -> set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _meant(branch: Json, value: Any, checker: Any) -> bool:
    """Whether a value is of this branch of a union: of its type, and of its kind of component."""
    schema = _plain(branch)
    if not _is_one_of(_types(schema), value, checker):
        return False
    if "const" in schema and schema["const"] != value:
        return False
    kind = schema.get("properties", {}).get("type", {})
    return "enum" not in kind or not isinstance(value, Mapping) or value.get("type") in kind["enum"]


def _is_one_of(kinds: set[str], value: Any, checker: Any) -> bool:
    return not kinds or any(checker.is_type(value, kind) for kind in kinds)


def _union(
    validator: Any, branches: Sequence[Json], value: Any, schema: Json
) -> Iterator[ValidationError]:
    """The faults of the branch that was meant, so that the mistake is named and not the union."""
    if not _is_one_of(_types(schema), value, validator):
        return  # Which is told already.
    meant = [each for each in branches if _meant(each, value, validator)]
    if not meant:
        told = "is of no kind that is taken here"
        kind = value.get("type") if isinstance(value, Mapping) else None
        if isinstance(kind, int):
            told += f": {kind}"
        elif isinstance(value, Mapping) and "type" not in value:
            told = "lacks type"
        yield ValidationError(told)
        return
    yield from min((list(validator.descend(value, each)) for each in meant), key=len)


def _fields(validator: Any, fields: Json, value: Any, schema: Json) -> Iterator[ValidationError]:
    """The faults of every field, and of those that there are none of."""
    if not isinstance(value, Mapping):
        return
    for name, given in value.items():
        if name in fields:
            yield from validator.descend(given, fields[name], path=name, schema_path=name)
        elif "additionalProperties" not in schema and (name, given) not in _IDLE.items():
            yield ValidationError(f"has no field {name}")


@cache
def _validator() -> Any:
    rules = {"oneOf": _union, "anyOf": _union, "properties": _fields}
    return extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]  # theirs


def _sentences(error: ValidationError) -> Iterator[str]:
    """What is wrong, without the value."""
    limit: Any = error.validator_value
    value: Any = error.instance
    match error.validator:
        case "oneOf" | "anyOf" | "properties":
            yield error.message
        case "required":
            for name in limit:
                if name not in value:
                    yield f"lacks {name}"
        case "maxLength":
            yield f"has {len(value)} characters, over {limit}"
        case "minLength":
            yield f"has {len(value)} characters, under {limit}"
        case "maxItems" | "maxProperties":
            yield f"has {len(value)} entries, over {limit}"
        case "minItems" | "minProperties":
            yield f"has {len(value)} entries, under {limit}"
        case "type":
            taken = limit if isinstance(limit, str) else " or ".join(limit)
            yield f"is {_NAMES.get(type(value), 'something else')}, not {taken}"
        case "maximum":
            yield f"is over {limit}"
        case "minimum":
            yield f"is under {limit}"
        case "format":
            yield f"is no {limit}"
        case "pattern":
            yield "is not of the form that is taken here"
        case "enum" | "const":
            yield "is of no value that is taken here"
        case "uniqueItems":
            yield "says something twice"
        case other:
            yield f"is against the rule {other}"


_FORMATS = FormatChecker(())


@_FORMATS.checks("uri")
def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return bool(urlsplit(value).scheme) and not re.search(r"[\s<>\"]", value)
    except ValueError:
        return False


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@_FORMATS.checks("int32")
def _is_short(value: object) -> bool:
    return not isinstance(value, int) or -(1 << 31) <= value < 1 << 31
