"""What kind of thing an attached file is, by its name or its media type."""

from clone_pipeline.records import Kind

_KINDS: dict[Kind, str] = {
    "image": "png jpg jpeg gif webp heic heif bmp tif tiff svg avif",
    "video": "mp4 mov webm mkv avi m4v 3gp mpeg mpg",
    "voice": "ogg opus mp3 m4a wav aac flac amr",
}
_BY_ENDING: dict[str, Kind] = {
    ending: kind for kind, endings in _KINDS.items() for ending in endings.split()
}


_BY_TYPE: dict[str, Kind] = {"image": "image", "video": "video", "audio": "voice"}


def kind_of_media(media_type: str, name: str) -> Kind:
    """The kind by a media type such as "image/png"; by the name's ending if that tells none."""
    return _BY_TYPE.get(media_type.partition("/")[0]) or kind_of_file(name)


def kind_of_file(name: str) -> Kind:
    """image, video or voice by the name's ending, else file."""
    return _BY_ENDING.get(name.rpartition(".")[2].lower(), "file")
