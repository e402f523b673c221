from clone_pipeline.bots.brain import Refused, Written
from clone_pipeline_tests.bots.heards import (
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import settings, think
from clone_pipeline_tests.llm.chat_protocol import Answer, Body


def test_images_are_captioned_and_a_missing_caption_is_told() -> None:
    def answer(body: Body) -> str | Answer:
        if body["model"] == "large":
            url = body["messages"][0]["content"][1]["image_url"]["url"]
            return "A cat on a roof" if "cat" in url else Answer(status=400, body="no")
        return "Lovely!"

    with running(answer=answer) as server:
        eyes = {"base_url": server.base_url, "model": "large", "max_images": 3}
        heard = message("", images=("https://x/cat.png", "https://x/no.png", "file:///etc/passwd"))
        found = think(settings(server, captions=eyes), heard)
        shown = [body for body in server.bodies if body["model"] == "small"]
    assert isinstance(found, Written)
    assert len(found.troubles) == 2
    assert "A cat on a roof" in shown[0]["messages"][0]["content"]
    assert "passwd" not in str(server.bodies)


def test_a_message_without_words_or_captions_is_not_answered() -> None:
    with running(answer=lambda body: "Hello.") as server:
        found = think(settings(server), message("\u200b\n", images=("https://x/cat.png",)))
        assert isinstance(found, Refused)
        assert found.reason == "nothing_to_answer"
        assert not server.bodies
