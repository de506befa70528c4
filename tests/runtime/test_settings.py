from pathlib import Path

import pytest

from duban.settings import SettingRefused, Settings, read_settings


def test_every_setting_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DUBAN_{name.upper()}", raising=False)

    settings = read_settings()

    assert (settings.home, settings.web_host, settings.web_port) == (Path(".duban"), "127.0.0.1", 8520)
    assert settings.postgres_dsn is None
    assert settings.temporal_address is None


def test_the_environment_is_read_and_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_WEB_PORT", "0")
    monkeypatch.setenv("DUBAN_LANG", "en")
    monkeypatch.setenv("DUBAN_POSTGRES_DSN", "")

    settings = read_settings()

    assert (settings.web_port, settings.lang, settings.postgres_dsn) == (0, "en", None)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_the_web_may_listen_on_loopback(host: str) -> None:
    assert Settings(web_host=host).web_host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org"])
def test_the_web_refuses_any_other_address_unless_people_come_by_https(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_WEB_HOST", host)

    with pytest.raises(SettingRefused, match=r"DUBAN_WEB_HOST.*loopback only"):
        read_settings()
    monkeypatch.setenv("DUBAN_WEB_ORIGIN", "https://duban.example.org")
    assert read_settings().web_host == host


@pytest.mark.parametrize(
    ("name", "value"), [("WEB_PORT", "http"), ("POSTGRES_PORT", "65536"), ("LANG", "fr")]
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DUBAN_{name}", value)

    with pytest.raises(SettingRefused, match=f"DUBAN_{name}"):
        read_settings()
