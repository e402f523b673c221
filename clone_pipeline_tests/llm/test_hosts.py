import pytest

from clone_pipeline.llm.hosts import host_of, is_local


@pytest.mark.parametrize(
    ("url", "host", "local"),
    [
        ("https://api.openai.com/v1", "api.openai.com", False),
        ("http://127.0.0.1:8000/v1", "127.0.0.1:8000", True),
        ("http://localhost/v1", "localhost", True),
        ("http://[::1]:8080/v1", "[::1]:8080", True),
        ("http://0.0.0.0:1/v1", "0.0.0.0:1", True),
        ("http://10.0.0.7:8000", "10.0.0.7:8000", False),
        ("https://localhost.example.com", "localhost.example.com", False),
        ("https://user:secret@example.com/v1", "example.com", False),
    ],
)
def test_a_host_is_named_without_secrets_and_known_as_local_or_not(
    url: str, host: str, local: bool
) -> None:
    assert host_of(url) == host
    assert is_local(url) is local
