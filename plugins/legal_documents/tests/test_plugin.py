"""What the engine asks of every plugin: it loads, its tables are sound, its cases pass, its points add up."""

from cchc_rules.testing import contract_tests

TestPlugin = contract_tests("cchc_legal_documents")
