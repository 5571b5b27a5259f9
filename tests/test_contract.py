"""The contract for plugins: it holds for the fields that ship, and it can fail."""

import pytest

from cchc_rules.testing import contract_tests


def test_a_plugin_passes_though_its_cases_wait_for_a_person() -> None:
    """Cases that nobody has confirmed do not fail the contract of a plugin that is being made."""
    contract_tests("cchc_procedures")().test_the_coverage_of_its_rules_is_known()


def test_a_complete_plugin_has_no_case_that_nobody_confirmed() -> None:
    """Whoever declares a plugin complete is told what still waits for a person."""
    contract = contract_tests("cchc_procedures", complete=True)()
    with pytest.raises(AssertionError, match="CHƯA XÁC NHẬN"):
        contract.test_the_coverage_of_its_rules_is_known()


def test_a_package_that_is_no_plugin_is_named() -> None:
    """A test file with the wrong name in it does not pass by testing nothing."""
    with pytest.raises(AssertionError, match="cchc_rules is not installed as a plugin"):
        contract_tests("cchc_rules")().test_the_plugin_loads_and_brings_something()
