from clone_pipeline.bots.heard import Said
from clone_pipeline_tests.bots.heards import (
    HOT,
    built,
    comment,
    submission,
)


def test_a_backstory_prompt_is_hotshotbots_own() -> None:
    above = (*comment("").context, Said("t1_b", "bob", 'Did you say "water"?'))
    heard = comment("Yes, daily.", author="olive", depth=2, context=above)
    prompt = built("backstory", heard, speaker=HOT)
    assert prompt.text == (
        "HotBot is a cheerful gardener.\n"
        'Post by u/olive titled "My beans died": "All of them, over night."\n'
        "Comment by u/bob: \"Did you say 'water'?\"\n"
        'Comment by u/olive: "Yes, daily."\n'
        'Reply by u/HotBot: "'
    )
    assert prompt.stop == ('"',)


def test_a_comment_on_a_post_ends_with_a_comments_head() -> None:
    heard = submission("Look", is_link=True, images=("https://x/y.png",))
    prompt = built("backstory", heard, speaker=HOT, captions=("a dead bean.",))
    assert prompt.text.splitlines()[1:] == [
        'Image post by u/olive titled "Look": A picture of a dead bean.',
        'Comment by u/HotBot: "',
    ]
