"""What is installed, and what can be asked of it: editions and methods with their versions, indexes, findings, seals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, frozen

from cchc_rules.base.errors import CchcError, EditionError, Finding, InputError, Place, PluginError, did_you_mean
from cchc_rules.base.texts import Text
from cchc_rules.base.toml_source import Path_, TomlSource
from cchc_rules.calendars import Calendar
from cchc_rules.decisions.binding import known_of_units, reference_values, with_statistics
from cchc_rules.decisions.editions import REFUSED, calendars_named, edition_place, lint_edition, lint_grid, to_revisit
from cchc_rules.decisions.identities import lint_units
from cchc_rules.decisions.overlays import Overlay, Sited, amended_edition, amended_method, collisions
from cchc_rules.decisions.policies import REFUSED_POLICIES, facts_of_method, method_flaws
from cchc_rules.decisions.records import calendars_counted_by, declared_records
from cchc_rules.decisions.seals import Seal, calendar_digest, edition_seal, method_seal, verify, verify_below
from cchc_rules.decisions.unfinished import unfinished, unsealed
from cchc_rules.decisions.versions import base_missing, collision, key_of, version_needed, version_unknown
from cchc_rules.index import Computation, Index
from cchc_rules.methods import FieldUsed, Method
from cchc_rules.model import ORIGINAL, AssessedUnit, Edition, Fact
from cchc_rules.plugins.admission import Admission
from cchc_rules.plugins.brought import Brought, conflict
from cchc_rules.plugins.discovery import Candidate, installed, owner_name
from cchc_rules.plugins.packs import candidates_at
from cchc_rules.plugins.registers import Registered
from cchc_rules.rules.tree import Computed


@frozen(kw_only=True)
class PluginInfo:
    """One plugin as ``cchc plugins`` lists it."""

    name: str
    distribution: str
    version: str
    origin: str
    state: Literal["ok", "broken"]
    brings: tuple[str, ...] = ()
    problem: Finding | None = None

    @property
    def owner(self) -> str:
        """The name by which errors speak of the plugin."""
        return owner_name(self.name, self.distribution, self.version)


# ------------------------------------------------------------------ the registry


class Registry:
    """All plugins that were found, and everything that they bring."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._admission = Admission(candidates)
        self._brought = Brought(self._admission)
        self.quantities, self.structure = self._brought.quantities, self._brought.structure
        self.problems = self._brought.problems
        self._facts, self._editions = self._brought.facts, self._brought.editions
        self._methods, self._calendars = self._brought.methods, self._brought.calendars
        self._indexes: dict[str, Index] = {}
        self._refused: dict[str, CchcError] = {}
        self._offered: dict[str, dict[str, Computation]] = {}
        self._overlays: dict[str, Registered[Overlay]] = {}
        self._lay_overlays()

    @classmethod
    def load(cls, folders: Iterable[Path] = (), *, with_installed: bool = True) -> "Registry":
        """Return the registry of what is installed and of what lies in folders, or in packs."""
        found = list(installed()) if with_installed else []
        for folder in folders:
            found += candidates_at(folder)
        return cls(found)

    # -------------------------------------------------------------- versions that overlays make

    def _lay_overlays(self) -> None:
        """Lay every overlay on what lies below it; one that cannot be laid is named and never hides the others."""
        waiting = self._overlays_that_agree()
        for merged, lay in ((self._editions, self._amended_edition), (self._methods, self._amended_method)):
            while ready := [each for each in waiting if each.value.of in merged.values]:
                waiting = [each for each in waiting if each not in ready]
                for overlay in ready:
                    try:
                        merged.values[overlay.key] = lay(overlay, merged.values[overlay.value.of])
                        self._overlays[overlay.key] = overlay
                    except CchcError as error:
                        self._refuse(overlay.key, error)
        for overlay in waiting:
            place = _source_of(overlay).place(("overlay", "of"), "of")
            self._refuse(overlay.key, EditionError(base_missing(overlay.value, {**self.editions, **self.methods}, self._refused, place)))

    def _overlays_that_agree(self) -> list[Registered[Overlay]]:
        """Return the overlays, each once; those that contradict another are refused, both files named."""
        found: list[Registered[Overlay]] = []
        for each in self._brought.of_kind(Overlay):
            if all(each.value != other.value for other in found):
                found.append(each)
        for one, two, what in collisions([Sited(overlay=each.value, file=_place_of(each).file) for each in found]):
            for refused in (one, two):
                self._refuse(refused.overlay.key, EditionError(collision(one, two, what)))
        for each in found:
            if each.key in self._editions.values or each.key in self._methods.values:
                other = self._editions.values.get(each.key) or self._methods.values[each.key]
                self._refuse(each.key, PluginError(conflict(each.key, each.owner, other.owner)))
        return [each for each in found if each.key not in self._refused]

    def _refuse(self, key: str, error: CchcError) -> None:
        """Keep why a version cannot be used; whoever asks for it is told."""
        self._refused.setdefault(key, error)
        self.problems.extend(each for each in error.findings if each not in self.problems)

    def _amended_edition(self, overlay: Registered[Overlay], below: Registered[Edition]) -> Registered[Edition]:
        """Return the edition that an overlay makes of the sealed one below; raises where it is not what was sealed."""
        verify_below(overlay.value.seal, below.seal, self.verified(below), _place_of(overlay))
        edition, source = amended_edition(below.value, overlay.value, _source_of(overlay), self.structure)
        return _amended(overlay, below, edition, source)

    def _amended_method(self, overlay: Registered[Overlay], below: Registered[Method]) -> Registered[Method]:
        """Return the method that an overlay makes of the sealed one below; raises as for an edition."""
        actual = self.seal_method(below)
        verify(below.seal, actual, below.value.status, _place_of(below))
        verify_below(overlay.value.seal, below.seal, actual, _place_of(overlay))
        method, source = amended_method(below.value, overlay.value, _source_of(overlay), self.structure)
        return _amended(overlay, below, method, source)

    # -------------------------------------------------------------- what is asked of it

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """All plugins that were found, the broken ones among them, sorted by name."""
        return tuple(self._info(owner, candidate) for owner, candidate in sorted(self._admission.candidates.items()))

    def _info(self, owner: str, candidate: Candidate) -> PluginInfo:
        problem = self._admission.broken.get(owner)
        brings = self._brought.keys(owner)
        return PluginInfo(
            name=candidate.name,
            distribution=candidate.distribution,
            version=candidate.version,
            origin=candidate.origin,
            state="broken" if problem else "ok",
            brings=brings,
            problem=problem,
        )

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Why each broken plugin is broken."""
        return tuple(self._admission.broken[owner] for owner in sorted(self._admission.broken))

    @property
    def methods(self) -> dict[str, Registered[Method]]:
        """All methods, by id and year."""
        return dict(sorted(self._methods.values.items()))

    @property
    def editions(self) -> dict[str, Registered[Edition]]:
        """All editions, by field, level and year."""
        return dict(sorted(self._editions.values.items()))

    @property
    def calendars(self) -> dict[str, Calendar]:
        """All calendars, by id."""
        return {key: each.value for key, each in sorted(self._calendars.values.items())}

    def index(self, method_id: str, year: int, version: str = "", place: Place | None = None) -> Index:
        """Return a method bound to all that it uses; raises where it is unknown, broken or unsealed.

        An unknown year is an error, never the nearest year; so are several versions where none is named.
        """
        method = self._find_method(method_id, year, version, place or Place())
        if method.key not in self._indexes:
            self._indexes[method.key] = self._index(method)
        return self._indexes[method.key]

    def _index(self, method: Registered[Method]) -> Index:
        """Return a method with everything that it uses, seals verified; raises where it cannot be scored by."""
        used = self.editions_of(method.value)
        digests = {each.key: self.verified(each).digest for each in used}
        own = method_seal(method.value, self.structure, digests)
        verify(method.seal, own, method.value.status, _place_of(method))
        for each in used:
            self._refuse_unsound(each)
        index = self._bound(method, used)
        refused = [each for each in self._flaws_of(method, index) if each.code in REFUSED_POLICIES | {"unit-duplicate"}]
        if refused:
            raise EditionError(*refused)
        counted = {f"calendars/{name}": calendar_digest(calendar, self.structure) for name, calendar in index.calendars.items()}
        tables: tuple[Registered[Any], ...] = (method, *used)
        drafts = tuple(unsealed(each.key, each.below, _place_of(each)) for each in tables if each.below and each.seal is None)
        return evolve(index, seals=((method.value.key, own.digest), *sorted(digests.items()), *sorted(counted.items())), findings=drafts)

    def _bound(self, method: Registered[Method], used: list[Registered[Edition]]) -> Index:
        """Return a method bound to its editions, with all that their rules read; nothing is verified."""
        statistics = [*(each for edition in used for each in edition.value.statistics), *method.value.statistics]
        references = [*(each for edition in used for each in edition.value.references), *method.value.references]
        facts = with_statistics(self._facts_of(used), statistics)
        registers, records = declared_records([*(each.value for each in used), method.value])
        calendars = sorted({*calendars_named([each.value for each in used]), *calendars_counted_by(method.value.records)})
        return Index(
            method=method.value,
            editions=tuple(each.value for each in used),
            facts=facts,
            quantities=self.quantities,
            references=reference_values(references, facts, self.quantities, _places_of_references(method, used)),
            known=known_of_units(method.value.units, facts, {each.id for each in statistics}, self.quantities, partial(_method_place, method)),
            statistics={each.id: each for each in statistics},
            computations={name: function for each in used for name, function in self.computations(each).items()},
            calendars={name: self._calendars.values[name].value for name in calendars if name in self._calendars.values},
            registers=registers,
            records=records,
        )

    def _flaws_of(self, method: Registered[Method], index: Index) -> tuple[Finding, ...]:
        """Return what is wrong with a method's units and with its policies."""
        return (*lint_units(method.value, method.source), *method_flaws(index, partial(_method_place, method)))

    def index_named(self, name: str) -> Index:
        """Return the index of ``method/year``, ``method/year+version``, or of a method of which there is one year only.

        Raises ``InputError`` where several would fit: none is ever chosen for the user.
        """
        method_id, _, rest = name.rpartition("/")
        year, _, version = rest.partition("+")
        if method_id and year.isdecimal():
            return self.index(method_id, int(year), version)
        fitting = [each.value for each in self.methods.values() if each.value.id == name]
        if len({each.year for each in fitting}) > 1:
            listed = ", ".join(each.key for each in fitting)
            raise InputError(Finding(
                code="year-needed",
                place=Place(where=name),
                reason=Text(f"phương pháp “{name}” có nhiều năm", f"the method {name!r} exists for several years"),
                remedy=Text(f"ghi rõ một trong: {listed}", f"name one of: {listed}"),
            ))
        return self.index(name, fitting[0].year if fitting else 0)

    def named(self, name: str) -> Registered[Any]:
        """Return an edition or a method by its key, ``+original`` or not; raises ``InputError`` where there is none of that name."""
        known: dict[str, Registered[Any]] = {**self.editions, **self.methods}
        if key_of(name) not in known:
            raise InputError(Finding(
                code="name-unknown",
                place=Place(where=name),
                reason=Text(f"không có bộ tiêu chí hay phương pháp “{name}”", f"there is no edition or method {name!r}"),
                remedy=did_you_mean(name, known),
            ))
        return known[key_of(name)]

    def facts_of(self, edition: Registered[Edition]) -> Mapping[str, Fact]:
        """Return the facts that an edition may read: its own, and those registered."""
        return self._facts_of([edition], strict=False)

    def assessed_unit(self, method_id: str, year: int, unit: str) -> AssessedUnit | None:
        """Return what a method says of a unit, so far as the method is installed and knows it."""
        methods = [each.value for each in self.methods.values() if (each.value.id, each.value.year) == (method_id, year)]
        return next((known for method in methods for known in method.units if known.id == unit), None)

    def findings(self) -> tuple[Finding, ...]:
        """Return everything wrong with what is installed: plugins, editions, methods."""
        found = [*self.broken, *self.problems]
        for edition in self.editions.values():
            found += self._new_in(edition)
            found += self._broken_seal(edition)
        for method in self.methods.values():
            found += self.lint_method(method)
            try:
                self.index(method.value.id, method.value.year, method.value.version or ORIGINAL)
                found += self.off_grid(method.value)
            except CchcError as error:
                found += error.findings
        return tuple(dict.fromkeys(found))

    def _broken_seal(self, edition: Registered[Edition]) -> tuple[Finding, ...]:
        """Return that an edition is no longer what was sealed, though no method may use it."""
        try:
            self.verified(edition)
        except CchcError as error:
            return error.findings
        return ()

    def _new_in(self, edition: Registered[Edition]) -> list[Finding]:
        """Return what is wrong with an edition and not already with the one below it."""
        below = self.lint(self.editions[edition.below]) if edition.below else ()
        known = {(each.code, each.place.where) for each in below}
        return [each for each in self.lint(edition) if (each.code, each.place.where) not in known]

    def lint_method(self, method: Registered[Method]) -> tuple[Finding, ...]:
        """Return everything wrong with a method and with how it fits its editions."""
        marked = (*(to_revisit(method.source) if method.source else ()), *self._unfinished(method.key))
        try:
            return (*self._flaws_of(method, self._bound(method, self.editions_of(method.value))), *marked)
        except CchcError as error:
            return (*lint_units(method.value, method.source), *error.findings, *marked)

    def lint(self, edition: Registered[Edition], *, thorough: bool = True) -> tuple[Finding, ...]:
        """Return everything wrong with one edition: the general checks, then its plugin's own.

        Unless it is ``thorough``, only what keeps the edition from being scored at all is looked for in its rules.
        """
        facts = self._facts_of([edition], strict=False)
        read = frozenset[str]().union(*(facts_of_method(each.value) for each in self.methods.values()))
        found = lint_edition(edition.value, edition.source, facts, self.quantities, self.calendars, thorough=thorough, read_by_methods=read)
        own: list[Finding] = []
        for owner in edition.owners:
            try:
                own += self._admission.ask(owner, "cchc_check", _all_findings, edition.value)
            except PluginError as error:
                own += error.findings
        return (*found, *own, *self._unfinished(edition.key))

    def _unfinished(self, key: str) -> Iterator[Finding]:
        """Yield what is still to be done in the overlay that makes a version, if one does."""
        overlay = self._overlays.get(key)
        if overlay is not None:
            yield from unfinished(overlay.value, _source_of(overlay))

    def off_grid(self, method: Method) -> Iterator[Finding]:
        """Yield the points in a method's editions that its rounding cannot hold."""
        for edition in self.editions_of(method):
            yield from lint_grid(edition.value, edition.source, method)

    # -------------------------------------------------------------- parts of an index

    def _find_method(self, method_id: str, year: int, version: str, place: Place) -> Registered[Method]:
        """Return one version of a method; without a version the only one there is."""
        there = self._versions(f"{method_id}/{year}")
        if not there:
            raise InputError(self._with_broken(self._method_missing(method_id, year, place)), *self.broken, *self.problems)
        if not version and len(there) > 1:
            raise InputError(version_needed(there, {key: each.value for key, each in self.methods.items()}, place))
        key = there[version] if version in there else next(iter(there.values()))
        if version and version not in there:
            raise InputError(self._with_broken(version_unknown(version, there, place)))
        if key in self._refused:
            raise self._refused[key]
        if key in self._methods.conflicts:
            raise PluginError(self._methods.conflicts[key])
        method: Registered[Method] = self._methods.values[key]
        return method

    def _versions(self, key: str) -> dict[str, str]:
        """Return the keys of all versions of a method, by the name that evidence pins; those refused among them."""
        known = {*self._methods.values, *self._methods.conflicts, *self._refused}
        return {each.partition("+")[2] or ORIGINAL: each for each in sorted(known) if each.partition("+")[0] == key}

    def _method_missing(self, method_id: str, year: int, place: Place) -> Finding:
        """Return the finding of a year that a method does not have, or of a method that nobody knows."""
        years = sorted({each.value.year for each in self._methods.values.values() if each.value.id == method_id})
        if years:
            listed = ", ".join(map(str, years))
            return Finding(
                code="year-unknown",
                place=place,
                reason=Text(f"phương pháp “{method_id}” không có cho năm {year}", f"the method {method_id!r} does not exist for {year}"),
                remedy=Text(f"các năm đã có: {listed}; không dùng năm gần nhất thay thế",
                            f"years there are: {listed}; the nearest year is never taken instead"),
            )
        near = did_you_mean(method_id, {each.value.id for each in self._methods.values.values()})
        return Finding(
            code="method-unknown",
            place=place,
            reason=Text(f"chưa cài phương pháp “{method_id}”", f"the method {method_id!r} is not installed"),
            remedy=Text(f"{near.vi}; phương pháp nằm trong một thư mục hay tệp .cchc.zip thì thêm `--plugins THƯ_MỤC`",
                        f"{near.en}; where it lies in a folder or a .cchc.zip file, add `--plugins FOLDER`"),
        )

    def editions_of(self, method: Method) -> list[Registered[Edition]]:
        """Return the editions that a method uses, in the order of its fields."""
        return [self._find_edition(each, method) for each in method.fields]

    def _find_edition(self, used: FieldUsed, method: Method) -> Registered[Edition]:
        """Return the edition that a field of a method uses: the one first issued unless it names a version."""
        key = f"{used.field}/{method.level}/{used.edition_year}" + (f"+{used.version}" if used.version else "")
        if key in self._editions.conflicts:
            raise PluginError(self._editions.conflicts[key])
        if key in self._refused:
            raise self._refused[key]
        if key not in self._editions.values:
            raise EditionError(self._with_broken(Finding(
                code="edition-missing",
                place=Place(where=method.key),
                reason=Text(f"phương pháp cần bộ tiêu chí “{key}” nhưng không có", f"the method needs the edition {key!r}, which is not there"),
                remedy=Text(f"cài plugin của lĩnh vực “{used.field}”, hoặc xem `cchc check`",
                            f"install the plugin of the field {used.field!r}, or see `cchc check`"),
            )), *self.problems)
        edition: Registered[Edition] = self._editions.values[key]
        return edition

    def _with_broken(self, finding: Finding) -> Finding:
        """Return a finding that also names the plugins that could not be used."""
        if not self._admission.broken:
            return finding
        names = ", ".join(sorted(self._admission.broken))
        return Finding(
            code=finding.code,
            place=finding.place,
            reason=Text(f"{finding.reason.vi} (plugin bị lỗi: {names})", f"{finding.reason.en} (broken plugins: {names})"),
            remedy=finding.remedy,
        )

    def verified(self, edition: Registered[Edition]) -> Seal:
        """Return the seal of an edition as it is now; raises ``SealError`` where it was sealed otherwise."""
        actual = self.seal(edition)
        verify(edition.seal, actual, edition.value.status, _place_of(edition))
        return actual

    def seal(self, edition: Registered[Edition]) -> Seal:
        """Return the seal of an edition as it is now."""
        return edition_seal(edition.value, self.structure, self.computations(edition))

    def seal_method(self, method: Registered[Method]) -> Seal:
        """Return the seal of a method as it is now, over the editions that it uses."""
        digests = {each.key: self.seal(each).digest for each in self.editions_of(method.value)}
        return method_seal(method.value, self.structure, digests)

    def computations(self, edition: Registered[Edition]) -> dict[str, Computation]:
        """Return the Python rules of an edition, asked of its owner only; raises where one is missing."""
        wanted = {each.id for each in edition.value.criteria if isinstance(each.rule, Computed)}
        if not wanted:
            return {}
        if edition.key not in self._offered:
            asked = [self._admission.ask(owner, "cchc_computations", _all_computations, edition.value) for owner in edition.owners]
            self._offered[edition.key] = _all_computations(asked)
        offered = self._offered[edition.key]
        missing = sorted(wanted - offered.keys())
        if missing:
            raise PluginError(*(
                Finding(
                    code="computation-missing",
                    place=_criterion_place(edition, name).at(edition.owner),
                    reason=Text(f"plugin không cung cấp hàm tính cho “{name}”", f"the plugin offers no computation for {name!r}"),
                    remedy=Text("trả về hàm này trong hook `cchc_computations`", "return it from the hook `cchc_computations`"),
                )
                for name in missing
            ))
        return {name: offered[name] for name in sorted(wanted)}

    def _refuse_unsound(self, edition: Registered[Edition]) -> None:
        """Raise where an edition has faults with which it cannot be scored."""
        found = self.lint(edition, thorough=False)
        refused = [each for each in found if each.code in REFUSED | REFUSED_POLICIES and each.severity == "error"]
        if refused:
            raise EditionError(*refused)

    def _facts_of(self, editions: list[Registered[Edition]], *, strict: bool = True) -> Mapping[str, Fact]:
        """Return the facts of several editions and those registered, merged; unequal ones are refused."""
        owners: dict[str, str] = {key: each.owner for key, each in self._facts.values.items()}
        facts: dict[str, Fact] = {key: each.value for key, each in self._facts.values.items()}
        for edition in editions:
            for fact in edition.value.facts:
                known = facts.setdefault(fact.id, fact)
                owner = owners.setdefault(fact.id, edition.owner)
                if known != fact and strict:
                    raise PluginError(conflict(fact.id, owner, edition.owner))
        return facts if strict else with_statistics(facts, [each for edition in editions for each in edition.value.statistics])


def _all_findings(answers: list[Iterable[Finding]]) -> list[Finding]:
    return [finding for answer in answers for finding in answer]


def _all_computations(answers: Sequence[Mapping[str, Computation]]) -> dict[str, Computation]:
    return {name: function for answer in answers for name, function in answer.items()}


def _amended(overlay: Registered[Overlay], below: Registered[Any], value: Any, source: TomlSource) -> Registered[Any]:
    """Return what an overlay makes: its own file and seal, the owners below it among those who answer."""
    return Registered(key=overlay.key, value=value, owner=overlay.owner, source=source, path=overlay.path, seal=overlay.seal,
                      below=below.key, owners_below=below.owners, cases=overlay.cases)


def _source_of(overlay: Registered[Overlay]) -> TomlSource:
    assert overlay.source is not None  # overlays come from files only
    return overlay.source


def _place_of(registered: Registered[Any]) -> Place:
    return registered.source.place() if registered.source else Place(where=registered.key)


def _places_of_references(method: Registered[Method], used: Iterable[Registered[Edition]]) -> Iterator[Place]:
    """Yield where each reference of the editions stands, then each of the method."""
    for edition in used:
        for index, reference in enumerate(edition.value.references):
            yield edition_place(edition.source, ("references", index)) if edition.source else Place(where=f"references, {reference.fact}")
    for index in range(len(method.value.references)):
        yield _method_place(method, ("references", index))


def _criterion_place(edition: Registered[Edition], criterion: str) -> Place:
    """Return the place of a criterion in its file; nowhere where there is none."""
    index = next(index for index, each in enumerate(edition.value.criteria) if each.id == criterion)
    return edition_place(edition.source, ("criteria", index)) if edition.source else Place()


def _method_place(method: Registered[Method], path: Path_) -> Place:
    """Return the place of a key of a method's table."""
    where = ".".join(map(str, path))
    return method.source.place(("method", *path), where) if method.source else Place(where=f"{method.key}: {where}")
