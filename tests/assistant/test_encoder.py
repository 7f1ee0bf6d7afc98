import shutil
from pathlib import Path

import numpy as np
import pytest

from understanding.encoder import WEIGHTS, BrokenWeights, Encoder
from understanding.encoder_input import encoder_input


def test_weights_that_do_not_match_their_hash_are_refused(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS, tmp_path / "weights")
    with (tmp_path / "weights" / "encoder.onnx").open("ab") as file:
        file.write(b"x")

    with pytest.raises(BrokenWeights):
        Encoder(tmp_path / "weights")


def test_a_text_means_the_same_alone_and_beside_others() -> None:
    encoder = Encoder()
    texts = [
        "how long is one infusion?",
        "hi",
        "I'd like to move my consultation to Friday afternoon, if you have room.",
    ]

    together = encoder.encode(texts)

    for text, vector in zip(texts, together):
        alone = encoder.encode([text])[0]
        assert alone @ vector / np.linalg.norm(alone) / np.linalg.norm(vector) > 0.98


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("I’m   fine", "I'm fine"),
        ("pleeeease", "pleease"),
        ("🔪 again", "knife again"),
        ("ok ✌🏽", "ok victory hand"),
        ("请帮我", "请帮我"),
    ],
)
def test_the_encoder_reads_words_for_pictures_and_plain_quotes(typed: str, read: str) -> None:
    assert encoder_input(typed) == read
