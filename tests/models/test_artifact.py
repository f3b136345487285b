import json
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from features import featureset
from models import load, save
from models.errors import ModelRefusedError
from models.manifest import identify, sha256, written
from tests.models.data import training_set


@pytest.fixture
def folder(model, tmp_path):
    return save(model, tmp_path / "models")


def edit(folder, change, *, is_resealed=False):
    """Change the manifest; resealed = with a new id, as somebody who knows the format would."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    if is_resealed:
        manifest["model_id"] = identify(manifest)
    path.write_text(written(manifest))


def reseal(folder, text):
    (folder / "model.txt").write_text(text)
    edit(folder, lambda m: m.update(model_sha256=sha256(text)), is_resealed=True)


def refused(folder, match=None):
    with pytest.raises(ModelRefusedError, match=match):
        load(folder)


def test_loaded_model_gives_the_same_bits(model, folder):
    data, _ = training_set(seed=9)
    again = load(folder)
    assert again.model_id == model.model_id == folder.name
    assert again.manifest == model.manifest
    assert again.features.fingerprint() == model.features.fingerprint()
    assert again.score(data.matrix).equals(model.score(data.matrix))


def test_saving_twice_changes_nothing(model, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert save(model, folder.parent) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_files_are_private(folder):
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_refuses_to_save_over_another_model(model, folder):
    (folder / "model.txt").write_text("tree\n")
    with pytest.raises(ModelRefusedError, match=r"another model\.txt"):
        save(model, folder.parent)


def test_failed_save_leaves_nothing(model, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(model, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_one_flipped_bit_in_the_text_is_refused(folder, share):
    path = folder / "model.txt"
    data = bytearray(path.read_bytes())
    data[int(share * len(data))] ^= 1
    path.write_bytes(bytes(data))
    refused(folder)


STRUCTURAL = [
    lambda m: m["features"][0].update(name="custom:renamed"),
    lambda m: m["features"].reverse(),
    lambda m: m["features"].pop(),
    lambda m: m["vocabulary"]["custom:colour"].reverse(),
    lambda m: m["vocabulary"]["custom:colour"].append("pink"),
    lambda m: m["calibration"].update(y=[-1.0, 0.0]),
    lambda m: m.update(fingerprint="0" * 64),
    lambda m: m.update(format_version=1),
    lambda m: m.pop("gates"),
    lambda m: m["model"].update(trees=39),
]


@pytest.mark.parametrize(
    "change",
    [
        *STRUCTURAL,
        lambda m: m.update(model_id="static-0000000000000000"),
        lambda m: m["metrics"].update(auc=0.99),
        lambda m: m["calibration"]["y"].reverse(),
    ],
)
def test_changed_manifest_is_refused(folder, change):
    edit(folder, change)
    refused(folder)


@pytest.mark.parametrize("change", STRUCTURAL)
def test_manifest_that_does_not_fit_is_refused_even_with_an_id_of_its_own(folder, change):
    edit(folder, change, is_resealed=True)
    refused(folder)


def test_text_that_was_changed_and_resealed_is_refused_before_lightgbm_reads_it(
    model, folder, monkeypatch
):
    def never(*_args, **_kwargs):
        pytest.fail("LightGBM saw a text that should have been refused")

    monkeypatch.setattr("lightgbm.Booster.__init__", never)
    trees = re.split(r"(?=\nTree=)", model.text)
    dropped = "".join(trees[:-1]) + "\nend of trees\n"
    for text in (
        dropped,
        model.text.replace("split_feature=", "split_feature=9", 1),
        model.text.replace("left_child=1", "left_child=0", 1),
        model.text.replace("custom%3Avisits", "custom%3Aother"),
        model.text.replace("objective=binary sigmoid:1", "objective=regression", 1),
        model.text[: len(model.text) // 2],
        "",
    ):
        assert text != model.text
        reseal(folder, text)
        refused(folder)


def test_features_that_this_code_computes_otherwise_are_refused(folder, monkeypatch):
    real = featureset.custom_feature

    def changed(name, kind, known):
        feature = real(name, kind, known)
        return replace(feature, expr=feature.expr + 1) if kind == "number" else feature

    monkeypatch.setattr(featureset, "custom_feature", changed)
    refused(folder, "features of this code differ")


@pytest.mark.parametrize("name", ["model.txt", "manifest.json"])
def test_missing_or_unreadable_files_are_refused(folder, name):
    (folder / name).write_bytes(b"\xff\xfe\x00")
    refused(folder)
    (folder / name).unlink()
    refused(folder, "no readable")


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format_version": NaN}', "[" * 5000, "{}"])
def test_manifest_that_is_none_is_refused(folder, text):
    (folder / "manifest.json").write_text(text)
    refused(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r'"auc": [0-9.e-]+', '"auc": 1e999', text),
        lambda text: re.sub(r'"auc": [0-9.e-]+', '"auc": ' + "9" * 5000, text),
        lambda text: text.replace('"kind": "static"', r'"kind": "\ud800"'),
        lambda text: text.replace('"kind": "static"', '"kind": ' + "[" * 5000),
        lambda text: text.replace('"kind": "static"', '"kind": "static", "kind": "static"'),
        lambda text: text.replace("\n ", "\n\t"),
        lambda text: text + "\n",
    ],
)
def test_manifest_in_other_bytes_is_refused(folder, change):
    path = folder / "manifest.json"
    changed = change(path.read_text())
    assert changed != path.read_text()
    path.write_text(changed)
    refused(folder)


def test_manifest_of_an_older_format_says_what_to_do(folder):
    edit(folder, lambda m: m.update(format_version=1, population="dated"), is_resealed=True)
    refused(folder, r"format 1; expected format 2; .*`lead-triage train`")
    edit(folder, lambda m: m.update(format_version=1, population="static:bank"), is_resealed=True)
    refused(folder, r"`lead-triage train --source bank`")


def test_copied_folder_loads_elsewhere(model, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "champion")
    assert load(tmp_path / "champion").model_id == model.model_id


def test_score_does_not_depend_on_the_batch(model):
    data, _ = training_set(500, seed=3)
    whole = model.score(data.matrix)
    order = np.random.default_rng(0).permutation(500)
    assert model.score(data.matrix[order]).equals(whole[order])
    assert model.score(data.matrix.slice(17, 1)).equals(whole.slice(17, 1))
    assert model.score(data.matrix.clear()).height == 0


def test_percentile_is_monotone_from_0_to_100(model):
    raw = np.sort(model.score(training_set(seed=3)[0].matrix)["raw_score"].to_numpy())
    found = model.percentile(np.concatenate([[-99.0], raw, [99.0]]))
    assert (np.diff(found) >= 0).all()
    assert found[0] == 0
    assert found[-1] == 100
    assert np.median(found) == pytest.approx(50, abs=5)


def test_settings_alone_do_not_import_lightgbm():
    code = "import sys, models; models.TrainSettings(); print('lightgbm' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
