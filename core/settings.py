"""What an installation is told from outside: environment variables and ``skranke.toml`` in the data folder.

What an admin changes while the desk runs is an option (:mod:`core.options`), not a setting.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.once import Once


class Settings(BaseSettings):
    """Every setting, its default and its meaning; names in the environment carry ``SKRANKE_`` in front."""

    model_config = SettingsConfigDict(env_prefix="SKRANKE_", extra="ignore", frozen=True)

    data: Path = Field(Path("var"), description="Folder for everything the desk keeps: database, files, keys, logs.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder.")
    files_url: str = Field("", description="Bucket of an S3-compatible store for attachments, like s3://bucket/prefix?endpoint="
                           "https://store.example&region=eu-north-1; empty means a folder in the data folder.")
    redis_url: str = Field("", description="Redis or Valkey; empty means an embedded Valkey under `skranke up`.")
    web: str = Field("127.0.0.1:8080", description="Where the web desk listens.")
    stream: str = Field("127.0.0.1:8081", description="Where live events will be served from.")
    smtp: str = Field("127.0.0.1:8025", description="Where the SMTP door listens.")
    smtp_size: int = Field(30_000_000, description="Largest mail accepted at the door, in bytes (SIZE, RFC 1870).")
    smtp_certificate: str = Field("", description="PEM file with certificate chain; turns STARTTLS on at the door.")
    smtp_key: str = Field("", description="PEM file with the key of that certificate.")
    smtp_hostname: str = Field("", description="Name the door greets with; empty means the machine's own.")
    relay_url: str = Field("", description="smtp:// or smtps:// relay for mailboxes without one of their own.")
    public_url: str = Field("", description="Address of the web desk in mails; empty means http:// and `web`.")
    secret_file: str = Field("", description="File with the installation's secret; empty means data/keys/secret.")
    erasure_ledger: str = Field("", description="File that says what was erased, kept apart from database and backups, the same for all machines; "
                                "empty means data/erasures.jsonl.")
    trusted_proxies: int = Field(0, description="Number of reverse proxies in front of the web desk.")
    web_processes: int = Field(2, description="Web processes under `skranke up` and `skranke web`.")
    web_threads: int = Field(4, description="Threads in each web process.")
    log_level: str = Field("info", description="debug, info, warning or error.")
    demo: bool = Field(False, description="Catch outgoing mail at /outbox instead of sending it.")

    @field_validator("web", "stream", "smtp")
    @classmethod
    def _listens(cls, value: str) -> str:
        _host, colon, port = value.rpartition(":")
        if not colon or not port.isdecimal() or int(port) > 65535:
            raise ValueError("Write it like 127.0.0.1:8080.")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("Write it like redis://127.0.0.1:6379/0.")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgres://", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("Write it like postgresql://user:password@host/name, or leave it empty.")
        return value

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'skranke.db'}"

    @cached_property
    def files(self) -> Path:
        """Folder of the blobs."""
        return self.data.absolute() / "files"

    @cached_property
    def secret_path(self) -> Path:
        """Where the installation's secret lies."""
        return Path(self.secret_file) if self.secret_file else self.data.absolute() / "keys" / "secret"

    @cached_property
    def url(self) -> str:
        """Address of the web desk, without a slash at the end."""
        return (self.public_url or f"http://{self.web}").rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given in code, then the environment, then ``skranke.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml())


@Once
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def toml() -> Path:
    """The file that settings may stand in."""
    return Path(os.environ.get("SKRANKE_DATA", "var")) / "skranke.toml"


def unread() -> list[str]:
    """What stands in ``skranke.toml`` and is no setting, each in a sentence: a misspelt one would be missed without a word."""
    names = tomllib.loads(toml().read_text("utf-8")) if toml().is_file() else {}
    return [f"{toml()} says “{name}”, which is no setting. It is not read." + _nearest(name)
            for name in names if name not in Settings.model_fields]


def _nearest(name: str) -> str:
    near = get_close_matches(name.lower().removeprefix("skranke_"), Settings.model_fields, 1)
    return f" Did you mean “{near[0]}”?" if near else ""


def address_of(listen: str) -> tuple[str, int]:
    """``"127.0.0.1:8080"`` → ``("127.0.0.1", 8080)``; brackets around an IPv6 host are taken off."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)
