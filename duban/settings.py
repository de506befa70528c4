"""What can be set from outside: the DUBAN_* environment variables, as one frozen value."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.base import Refusal

Port = Annotated[int, Field(ge=0, le=65_535)]


class SettingRefused(Refusal):
    """{name} cannot be {value!r}: {reason}.

    docs/reference/settings.md says what each setting may be.
    """


class Settings(BaseSettings):
    """Read once at start; docs/reference/settings.md describes each for operators."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", env_ignore_empty=True, frozen=True)

    home: Path = Field(Path(".duban"), description="Where the embedded parts keep their data.")
    postgres_dsn: str | None = Field(
        None, description="A PostgreSQL 16 or later to use instead of the embedded one."
    )
    temporal_address: str | None = Field(
        None, description="HOST:PORT of a Temporal server to use instead of the embedded one."
    )
    temporal_namespace: str = Field("duban", description="The Temporal namespace the cases live in.")
    web_host: str = Field("127.0.0.1", description="The loopback address the web listens on.")
    web_port: Port = Field(8520, description="The port the web listens on; 0 takes any free one.")
    postgres_port: Port = Field(0, description="The embedded PostgreSQL's port; 0 takes any free one.")
    temporal_port: Port = Field(0, description="The embedded Temporal's port; 0 takes any free one.")
    reconcile_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = Field(
        60, description="Minutes between two comparisons of the log with what was done."
    )
    heartbeat: Path | None = Field(None, description="A file that a role touches while it lives.")
    lang: Literal["zh", "en"] | None = Field(None, description="The language of what is printed.")

    @field_validator("web_host")
    @classmethod
    def _loopback_until_there_is_sign_in(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError("sign-in does not exist yet, so the web listens on loopback only")
        return host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """The settings of this process's environment; SettingRefused names the first wrong variable."""
    try:
        return Settings()
    except ValidationError as errors:
        error = errors.errors()[0]
        name = "DUBAN_" + str(error["loc"][0]).upper()
        reason = error["msg"].removeprefix("Value error, ")
        raise SettingRefused(name=name, value=error["input"], reason=reason) from None
