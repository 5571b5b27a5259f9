"""What many tests share: where things lie, the installed plugins, the example's scorecard."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

import cchc_rules as cchc

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "ha_quang"
sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("CCHC_HYPOTHESIS", "default"))


@pytest.fixture(scope="session")
def registry() -> cchc.Registry:
    """The plugins that are installed."""
    return cchc.load_registry()


@pytest.fixture(scope="session")
def index(registry: cchc.Registry) -> cchc.Index:
    """The index of the example."""
    return registry.index("cao-bang.districts", 2021)


@pytest.fixture(scope="session")
def evidence() -> cchc.Evidence:
    """The example's evidence."""
    return cchc.read_evidence(EXAMPLE / "2021.toml")


@pytest.fixture(scope="session")
def card(evidence: cchc.Evidence) -> cchc.Scorecard:
    """The example's scorecard."""
    return cchc.score(evidence)


@pytest.fixture(scope="session")
def spark() -> "Iterator[SparkSession]":
    """Spark in this process, with two partitions at work; skipped where there is no Java, unless nothing may be."""
    if shutil.which("java") is None:
        (pytest.fail if os.environ.get("CCHC_NO_SKIP") else pytest.skip)("Spark needs Java 17 or newer, which is not installed")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
