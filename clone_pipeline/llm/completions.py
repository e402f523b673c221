"""Raw completions: a prompt is one string, the answer goes on where it ends.

Format: https://platform.openai.com/docs/api-reference/completions; the reply's text is
`choices[0].text`.
"""

from typing import Any

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import body_of
from clone_pipeline.llm.forms import Form


def raw_body_of(request: Request) -> dict[str, Any]:
    """The JSON body of POST /completions: the messages' contents, joined by an empty line."""
    prompt = "\n\n".join(message["content"] for message in request.messages)
    body = body_of(request)
    del body["messages"]
    return {"model": body.pop("model"), "prompt": prompt, **body}


COMPLETIONS = Form("completion", "/completions", raw_body_of)
