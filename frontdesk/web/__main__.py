"""`python -m frontdesk.web`: serves until it is told to stop."""

import logging
import sys
from typing import Any

import uvicorn

from frontdesk.config import Settings
from frontdesk.errors import FrontdeskError
from frontdesk.web import create_app

GRACE = 5  # seconds for requests under way


class Server(uvicorn.Server):
    """Tells the open streams to end as soon as it is told to stop: they would hold the shutdown for ever."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.config.app.state.is_stopping = True  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, and Rasa's token is in them
    settings = Settings()
    try:
        app = create_app(settings)
    except FrontdeskError as error:
        sys.exit(str(error))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # addresses of visitors stay out of the logs
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE,
        ws="none",
    )
    Server(config).run()


if __name__ == "__main__":
    main()
