"""What can be set from outside: the DUBAN_* environment variables, as one frozen value."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.base import Refusal
from duban.notices.mail_server import mail_server, sender_of
from duban.webhooks.reach import networks_of

ORIGIN = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:\d{1,5})?")
RATE = re.compile(r"[1-9]\d{0,6}/(second|minute|hour)")
SECRET = frozenset({"smtp_url", "postgres_dsn", "oidc_client_secret"})  # values that no refusal repeats
PERIODS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}  # seconds
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
    web_host: str = Field("127.0.0.1", description="The address the web listens on.")
    web_port: Port = Field(8520, description="The port the web listens on; 0 takes any free one.")
    web_origin: str | None = Field(None, description="The https:// origin that people reach the web by.")
    web_rate: str = Field("1200/minute", description="How often one account, or one address, may ask.")
    oidc_issuer: str | None = Field(None, description="The OpenID provider that people sign in at.")
    oidc_client_id: str | None = Field(None, description="What the provider knows this installation by.")
    oidc_client_secret: str | None = Field(None, description="The secret that goes with it.")
    oidc_claim: str = Field("roles", description="The claim that holds somebody's roles.")
    oidc_roles: str = Field("", description="Which of its roles mean which of ours: A=deputy,B=auditor.")
    postgres_port: Port = Field(0, description="The embedded PostgreSQL's port; 0 takes any free one.")
    temporal_port: Port = Field(0, description="The embedded Temporal's port; 0 takes any free one.")
    reconcile_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = Field(
        60, description="Minutes between two comparisons of the log with what was done."
    )
    worker_build: str | None = Field(
        None, description="The version of this worker's code, where versions count."
    )
    worker_deployment: str = Field("duban", description="The deployment that the worker's build belongs to.")
    worker_versioning: Literal["auto-upgrade", "pinned"] = Field(
        "auto-upgrade",
        description="Whether workflows move to a new build, or stay on theirs until rolled over.",
    )
    heartbeat: Path | None = Field(None, description="A file that a role touches while it lives.")
    health_host: str = Field("127.0.0.1", description="The address a role's health and metrics listen on.")
    health_port: Port | None = Field(
        None, description="The port of `/healthz`, `/readyz` and `/metrics` of a role; unset, there are none."
    )
    sdk_metrics: str | None = Field(
        None, description="HOST:PORT at which the Temporal SDK shows its own metrics to Prometheus."
    )
    smtp_url: str | None = Field(None, description="The mail server that notices leave by.")
    smtp_from: str | None = Field(None, description="The address that notices come from.")
    smtp_rate: str = Field("120/minute", description="How many mails leave at most.")
    pdf_font: Path | None = Field(None, description="The font that PDFs are printed with and embed.")
    webhook_networks: str = Field(
        "", description="Networks inside the house that webhooks may go to, such as 10.1.0.0/16,127.0.0.1/32."
    )
    lang: Literal["zh", "en"] | None = Field(None, description="The language of what is printed.")

    @field_validator("web_origin")
    @classmethod
    def _an_origin(cls, origin: str | None) -> str | None:
        if origin is not None and ORIGIN.fullmatch(origin) is None:
            raise ValueError("write https:// and a host name, with a port where it is not 443")
        return origin

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str | None) -> str | None:
        if url is not None:
            mail_server(url)
        return url

    @field_validator("smtp_from")
    @classmethod
    def _an_address(cls, address: str | None) -> str | None:
        if address is not None:
            sender_of(address)
        return address

    @field_validator("webhook_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        networks_of(text)
        return text

    @field_validator("web_rate", "smtp_rate")
    @classmethod
    def _a_rate(cls, rate: str) -> str:
        if RATE.fullmatch(rate) is None:
            raise ValueError("write a number per second, minute or hour, such as 1200/minute")
        return rate

    @field_validator("oidc_roles")
    @classmethod
    def _pairs(cls, pairs: str) -> str:
        if any("=" not in pair for pair in pairs.split(",") if pair.strip()):
            raise ValueError("write pairs such as A=deputy,B=auditor")
        return pairs

    @model_validator(mode="after")
    def _mail_comes_from_somebody(self) -> Self:
        if self.smtp_url is not None and self.smtp_from is None:
            raise PydanticCustomError(
                "smtp_from", "with DUBAN_SMTP_URL it says which address notices come from"
            )
        return self

    @model_validator(mode="after")
    def _others_come_by_https(self) -> Self:
        if self.web_origin is None and self.web_host != "localhost" and not _is_loopback(self.web_host):
            raise PydanticCustomError("web_host", "without DUBAN_WEB_ORIGIN the web listens on loopback only")
        return self


def interval_of(rate: str) -> float:
    """Seconds from one to the next at a rate such as 120/minute."""
    number, _, period = rate.partition("/")
    return PERIODS[period] / int(number)


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
        field = str(error["loc"][0]) if error["loc"] else error["type"]
        name, value = f"DUBAN_{field.upper()}", error["input"]
        reason = error["msg"].removeprefix("Value error, ")
        value = "***" if field in SECRET else value
        raise SettingRefused(
            name=name, value=value if error["loc"] else os.environ.get(name), reason=reason
        ) from None
