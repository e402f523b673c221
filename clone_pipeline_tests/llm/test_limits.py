from datetime import UTC, datetime, timedelta

import pytest

from clone_pipeline.llm.limits import Allowance, learned, seconds

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("2m59.56s", 179.56),
        ("1h2m3s", 3723.0),
        ("1d", 86_400.0),
        ("12", 12.0),
        ("0.5", 0.5),
        ("2026-03-01T12:00:30Z", 30.0),
        ("2026-03-01T11:00:00+00:00", 0.0),
        (str(int(NOW.timestamp()) + 5), 5.0),
        (str((int(NOW.timestamp()) + 5) * 1000), 5.0),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("5 minutes", None),
    ],
)
def test_a_reset_is_read_in_every_form(text: str, wanted: float | None) -> None:
    found = seconds(text, now=NOW)
    assert found == (None if wanted is None else pytest.approx(wanted))


def test_openai_names_both_limits() -> None:
    headers = {
        "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s", "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s",
    }  # fmt: skip
    found = learned(headers, now=NOW)
    assert found["requests"] == Allowance(60, 59, 1.0, steady=True)
    assert found["requests"].rate == 1.0
    assert found["tokens"] == Allowance(150_000, 149_984, 360.0, steady=True)


def test_anthropic_names_the_time_of_the_reset() -> None:
    reset = (NOW + timedelta(seconds=20)).isoformat()
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": reset,
    }
    assert learned(headers, now=NOW) == {"requests": Allowance(50, 0, 20.0, steady=True)}


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        (  # Mistral
            {"x-ratelimit-limit-req-minute": "720", "x-ratelimit-remaining-req-minute": "717"},
            {"requests": Allowance(720, 717, 60, steady=False)},
        ),
        (  # Azure names no reset, and no limit of requests
            {"x-ratelimit-remaining-requests": "19", "x-ratelimit-remaining-tokens": "19913"},
            {
                "requests": Allowance(19, 19, 60, steady=False),
                "tokens": Allowance(19_913, 19_913, 60, steady=False),
            },
        ),
        (  # Together
            {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1"},
            {"requests": Allowance(10, 3, 1, steady=False)},
        ),
        (
            {"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "7",
             "ratelimit-reset": "9"},
            {"requests": Allowance(100, 7, 9, steady=False)},
        ),
        (
            {"ratelimit": '"burst";r=50;t=30, "day";r=9;t=100',
             "ratelimit-policy": '"burst";q=100;w=60, "day";q=1000;w=86400'},
            {"requests": Allowance(1000, 9, 100, steady=False)},
        ),
        ({"content-type": "application/json"}, {}),
        ({"x-ratelimit-remaining-requests": "many"}, {}),
        ({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "later"}, {}),
    ],
)  # fmt: skip
def test_other_families_are_read_and_nonsense_is_not(
    headers: dict[str, str], wanted: dict[str, Allowance]
) -> None:
    assert learned(headers, now=NOW) == wanted
