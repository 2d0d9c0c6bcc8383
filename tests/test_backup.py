"""A backup is whole, and a restore brings back exactly that."""

from __future__ import annotations

import io
import json
import tarfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from tests.factories.cctv import make_camera


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_whole(media, tmp_path):
    from cctv.models import Camera

    camera = make_camera(name="Pasar Petir", username="admin", password="p@ss:w/o#rd")
    default_storage.save("stills/1/a.jpg", ContentFile(b"picture"))
    archive = tmp_path / "kota.tar"
    call_command("backup", str(archive))
    assert archive.stat().st_mode & 0o077 == 0
    Camera.objects.filter(pk=camera.pk).update(name="Diubah")
    make_camera(name="Baru")
    default_storage.delete("stills/1/a.jpg")
    default_storage.save("stills/2/b.jpg", ContentFile(b"later"))
    call_command("restore", str(archive), "--yes")
    assert list(Camera.objects.values_list("name", flat=True)) == ["Pasar Petir"]
    assert Camera.objects.get().password == "p@ss:w/o#rd"
    assert (media / "stills/1/a.jpg").read_bytes() == b"picture"
    assert not (media / "stills/2/b.jpg").exists()


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_no_key_and_says_when_it_meets_another(media, tmp_path, settings, capsys):
    archive = tmp_path / "kota.tar"
    call_command("backup", str(archive))
    assert settings.FIELD_KEY.encode() not in archive.read_bytes()
    settings.FIELD_KEY = "another key altogether"
    call_command("restore", str(archive), "--yes")
    assert "CC_FIELD_KEY" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("damage", ["text", "manifest", "dump"])
def test_a_damaged_backup_changes_nothing(media, tmp_path, damage):
    from cctv.models import Camera

    make_camera(name="Tetap")
    archive = tmp_path / "rusak.tar"
    if damage == "text":
        archive.write_text("bukan arsip")
    else:
        with tarfile.open(archive, "w") as file:
            manifest = json.dumps(
                {"format": 1, "database_sha256": "0" * 64, "field_key": "x", "made_at": "x"}
            )
            parts = {"manifest.json": manifest.encode(), "database.dump": b"junk"}
            for name, data in list(parts.items())[: 1 if damage == "manifest" else 2]:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                file.addfile(info, io.BytesIO(data))
    with pytest.raises(CommandError):
        call_command("restore", str(archive), "--yes")
    assert Camera.objects.get().name == "Tetap"


def test_a_backup_never_overwrites_by_itself(tmp_path):
    archive = tmp_path / "ada.tar"
    archive.write_text("berharga")
    with pytest.raises(CommandError, match="there already"):
        call_command("backup", str(archive))
    assert archive.read_text() == "berharga"
