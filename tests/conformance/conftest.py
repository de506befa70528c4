import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def library_environment(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library finds our log as any application of it would: through its environment."""
    monkeypatch.setenv("PERSISTENCE_MODULE", "duban.event_log")
    monkeypatch.setenv("DUBAN_POSTGRES_DSN", database)
    yield
    gc.collect()  # the cases leave their applications open; letting go of one closes its connections
