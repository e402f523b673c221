"""Which keys here take numbers: `yes` would silently become 1 there."""

from typing import Any

from clone_pipeline.interop.paths import Path

_NAMES = frozenset(
    {
        "frequency", "max_frequency", "decay_rate", "reply_frequency", "mention_self_frequency",
        "mention_any_frequency", "followup_frequency", "chance", "min", "max", "limit",
        "reply_chance", "trigger_boost", "min_reply_score", "characters", "most_lines", "votes",
        "max_chars", "subset_size", "concurrency", "wrong_context",
        "threshold", "image_share", "post_frequency", "max_tokens", "temperature", "top_p", "bias",
    }
)  # fmt: skip


def is_misplaced(value: Any, new: Path) -> bool:
    """Whether `value` is a yes or no where, at the path `new`, a number belongs."""
    return isinstance(value, bool) and (new[-1] in _NAMES or new[-2:-1] == ("thresholds",))
