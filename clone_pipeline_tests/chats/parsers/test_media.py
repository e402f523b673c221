from clone_pipeline.chats.parsers.media import kind_of_file, kind_of_media


def test_the_ending_of_a_file_tells_its_kind() -> None:
    names = ["a.JPG", "b.mp4", "c.opus", "d.pdf", "e"]
    assert [kind_of_file(name) for name in names] == ["image", "video", "voice", "file", "file"]


def test_a_media_type_counts_before_the_name() -> None:
    given = [("image/png", "a.mp4"), ("audio/ogg", ""), ("application/pdf", "b.mov"), ("", "c")]
    kinds = [kind_of_media(media_type, name) for media_type, name in given]
    assert kinds == ["image", "voice", "video", "file"]
