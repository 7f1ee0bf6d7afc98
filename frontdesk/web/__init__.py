"""The only public process: visitor page, chat API, staff pages."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from sqlalchemy.exc import SQLAlchemyError

from frontdesk import clinic as clinics
from frontdesk.bot import Bot
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.errors import FrontdeskError
from frontdesk.texts import Texts
from frontdesk.turns import Turns
from frontdesk.web import booking_page, chat, errors, pages
from frontdesk.web.headers import Headers
from frontdesk.web.limits import Limits
from understanding.screen import screen

HERE = Path(__file__).parent

PICK_UP = 60.0  # seconds between looks for messages that were left without a reply

logger = logging.getLogger(__name__)


class DemonstrationIsPrivate(FrontdeskError):
    """This is still the demonstration: clinic.yml is the made-up one, or answers have no reviewer. It may only be reached
    from this machine. Set FRONTDESK_HOST=127.0.0.1 and no FRONTDESK_PUBLIC_URL, or fill in clinic.yml and have the answers reviewed."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, now: Callable[[], datetime] = utc_now, bot: Bot | None = None) -> FastAPI:
    """Wires the parts. Refuses to start when clinic.yml is wrong, or a demonstration would be public."""
    clinic = clinics.load(settings.clinic)
    texts = Texts.load(ROOT / "data")
    demonstration = clinic.placeholder or not texts.are_reviewed()
    if demonstration and not settings.is_loopback:
        raise DemonstrationIsPrivate()
    app = FastAPI(title="frontdesk", lifespan=_lifespan, docs_url=None, redoc_url=None)
    state = app.state
    state.settings, state.clinic, state.texts, state.demonstration, state.now = (
        settings,
        clinic,
        texts,
        demonstration,
        now,
    )
    state.database = Database(settings.database)
    state.bot = bot or Bot(settings.rasa_url, settings.rasa_token.get_secret_value())
    state.turns = Turns(
        state.database,
        state.bot,
        texts,
        clinic,
        now=now,
        limit=settings.turn_limit,
        is_demonstration=demonstration,
    )
    state.limits = Limits(relaxed=settings.limits == "relaxed")
    if state.limits.are_relaxed:
        logger.warning("RATE LIMITS ARE LIFTED (FRONTDESK_LIMITS=relaxed). This is for measuring only.")
    state.templates = Jinja2Templates(HERE / "templates")
    state.is_stopping = False
    errors.install(app)
    app.add_middleware(Headers)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        )
    app.include_router(pages.router)
    app.include_router(chat.router)
    app.include_router(booking_page.router)
    _include_staff(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app


def _include_staff(app: FastAPI) -> None:
    from frontdesk.web import inbox

    app.include_router(inbox.router)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(screen, "the first use reads the cues: not while a visitor waits")
    picking_up = asyncio.create_task(_pick_up(app))
    yield
    picking_up.cancel()
    app.state.is_stopping = True
    app.state.turns.close()
    app.state.bot.close()
    app.state.database.close()


async def _pick_up(app: FastAPI) -> None:
    while True:
        try:
            await run_in_threadpool(app.state.turns.pick_up)
        except SQLAlchemyError as error:
            logger.warning("Messages without a reply are looked for again later (%s).", type(error).__name__)
        await asyncio.sleep(PICK_UP)
