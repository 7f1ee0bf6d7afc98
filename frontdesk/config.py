"""The settings of one running copy, read once from the environment (prefix `FRONTDESK_`) at start."""

import secrets
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting; `.env.example` says the same to an operator, and a test keeps the two alike."""

    model_config = SettingsConfigDict(env_prefix="FRONTDESK_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    var: Path = Path("var")
    database_url: str = ""
    clinic: Path = ROOT / "clinic.yml"
    public_url: str = ""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    limits: Literal["normal", "relaxed"] = "normal"
    turn_limit: Annotated[float, Field(gt=0)] = 8.0  # seconds a visitor waits for Rasa before a person is promised
    notice_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    page_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    mail_url: SecretStr = SecretStr("")
    text_url: SecretStr = SecretStr("")
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: SecretStr = SecretStr("")
    actions_url: str = "http://127.0.0.1:5055/webhook"
    actions_token: SecretStr = SecretStr("")
    secret: SecretStr = SecretStr("")

    @field_validator("allowed_origins", "trusted_proxies", "notice_urls", "page_urls", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The address in SQLAlchemy's form; `postgresql://` is read as psycopg 3."""
        url = self.database_url or f"sqlite:///{(self.var / 'frontdesk.db').absolute()}"
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    @cached_property
    def signing_key(self) -> str:
        """What tokens and cookies are signed with: the setting, else made once and kept in `var/secret`."""
        if given := self.secret.get_secret_value():
            return given
        path = self.var / "secret"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as new:
                path.chmod(0o600)
                new.write(secrets.token_urlsafe(32))
        except FileExistsError:  # another part of this copy was first
            pass
        return path.read_text(encoding="ascii")

    @property
    def is_loopback(self) -> bool:
        """True when nobody but this machine can reach the pages, also through no proxy."""
        public_host = urlsplit(self.public_url).hostname
        return _is_this_machine(self.host) and (not public_host or _is_this_machine(public_host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name: where it leads is not known here
        return False
