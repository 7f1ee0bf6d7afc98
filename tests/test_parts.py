from pathlib import Path

from frontdesk.config import Settings
from frontdesk.parts import parts


def test_only_the_web_listens_beyond_loopback_and_no_token_is_on_a_command_line(tmp_path: Path) -> None:
    settings = Settings(host="0.0.0.0", var=tmp_path)

    rasa, actions, web, notifier = parts(settings, tmp_path / "model.tar.gz")

    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    assert actions.environment["FRONTDESK_ACTIONS_URL"].startswith("http://127.0.0.1:")
    assert web.health == f"http://127.0.0.1:{settings.port}/healthz"
    for part in (rasa, actions, web, notifier):
        for name in ("FRONTDESK_RASA_TOKEN", "FRONTDESK_ACTIONS_TOKEN"):
            assert part.environment[name] not in " ".join(part.command)
            assert len(part.environment[name]) >= 32


def test_tokens_and_ports_are_new_at_every_start(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)

    first, second = (parts(settings, tmp_path / "model.tar.gz")[0].environment for _ in range(2))

    assert first["FRONTDESK_RASA_TOKEN"] != second["FRONTDESK_RASA_TOKEN"]
    assert first["FRONTDESK_RASA_TOKEN"] != first["FRONTDESK_ACTIONS_TOKEN"]
