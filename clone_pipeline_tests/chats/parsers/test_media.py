from clone_pipeline.chats.parsers.media import kind_of_file


def test_the_ending_of_a_file_tells_its_kind() -> None:
    names = ["a.JPG", "b.mp4", "c.opus", "d.pdf", "e"]
    assert [kind_of_file(name) for name in names] == ["image", "video", "voice", "file", "file"]
