"""A model file is compared with every hash that is known of it."""

import hashlib
import os
import shutil

import pytest

from models import Scorer, save
from models.errors import ModelRefusedError
from tests.models.kernel.forests import Shape, model_text
from tests.models.kernel.zoo import small_model

ODD = model_text(Shape(1, 5, (9, 4), 0.3, 60))  # sound, but not as LightGBM writes it


@pytest.fixture
def file(tmp_path):
    return small_model(tmp_path / "mine.txt")


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(path, match, **options):
    with pytest.raises(ModelRefusedError, match=match):
        Scorer.from_file(path, **options)


def test_hash_must_match(file):
    for right in (digest(file), digest(file).upper()):
        Scorer.from_file(file, sha256=right)
    for wrong in ("0" * 64, digest(file)[:-1], "", "sound"):
        refused(file, "SHA-256", sha256=wrong)


def test_hash_vouches_for_what_no_lightgbm_wrote(file):
    file.write_text(ODD)
    refused(file, "LightGBM")
    Scorer.from_file(file, sha256=digest(file))
    file.write_text(ODD.replace("num_leaves=9", "num_leaves=8"))
    refused(file, "tree 0", sha256=digest(file))  # but not for what cannot be scored


@pytest.mark.parametrize(
    "lines",
    ["{0}  mine.txt\n", "{0} *mine.txt\n", "{0}  /else/where/mine.txt\n", "{0}\n",
     "{1}  other.txt\n{0}  mine.txt\n"],
)  # fmt: skip
def test_hash_beside_the_file(file, lines):
    beside = file.with_name("mine.txt.sha256")
    beside.write_text(lines.format(digest(file), "0" * 64))
    Scorer.from_file(file)
    file.write_bytes(file.read_bytes().replace(b"[num_gpu: 1]", b"[num_gpu: 2]"))
    refused(file, "SHA-256")
    refused(file, "SHA-256", sha256=digest(file))  # the two must agree


@pytest.mark.parametrize("lines", ["", "mine.txt", "0123  mine.txt", "{0}  other.txt", "\xff"])
def test_hash_beside_the_file_that_says_nothing_is_refused(file, lines):
    text = lines.format(digest(file)).encode("latin-1")
    file.with_name("mine.txt.sha256").write_bytes(text)
    refused(file, "without a hash of mine.txt")


def test_what_is_no_file_is_refused(tmp_path):
    refused(tmp_path / "none.txt", "no model file")
    os.mkfifo(tmp_path / "pipe.txt")
    refused(tmp_path / "pipe.txt", "no model file")
    refused(tmp_path, "manifest.json")  # a folder that is no model


def test_saved_model_is_checked_by_its_manifest(model, tmp_path):
    folder = save(model, tmp_path / "models")
    right = digest(folder / "model.txt")
    for path in (folder, folder / "model.txt", str(folder)):
        assert Scorer.from_file(path, sha256=right).feature_names == model.forest.feature_names
        refused(path, "SHA-256", sha256="0" * 64)
    alone = shutil.copyfile(folder / "model.txt", tmp_path / "model.txt")
    assert Scorer.from_file(alone).feature_names == model.forest.feature_names
    text = (folder / "model.txt").read_bytes()
    (folder / "model.txt").write_bytes(text.replace(b"[num_leaves", b"[num_Leaves"))
    refused(folder / "model.txt", "not the one its manifest describes")
    (folder / "model.txt").write_bytes(text)
    (folder / "manifest.json").write_text("{}")
    refused(folder / "model.txt", "manifest")
