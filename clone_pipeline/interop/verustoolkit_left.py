"""Keys of Verustoolkit and Augmentoolkit that are not taken, and what to use instead."""

from clone_pipeline.interop.account import Account

_ONE_ENDPOINT = "not taken: a project has one endpoint for both models"
_SCRAPING = "not taken: no books are fetched; put texts into raw_input/docs"
_PHASES = "not taken: each asset is a phase: clone-pipeline run --select qa_candidates"
_LEFT = {
    ("API", "QUANTIZATION_SMALL"): "not taken: how a model is loaded is its server's business",
    ("API", "QUANTIZATION_LARGE"): "not taken: how a model is loaded is its server's business",
    ("PATH", "OUTPUT"): "not taken: results are tables in data/; once they are there, "
    "`clone-pipeline export verustoolkit --out DIR` writes that system's files",
    ("HUGGINGFACE", "HUB_PATH"): "not taken: clone-pipeline export hf --push OWNER/NAME",
    ("HUGGINGFACE", "PUSH_TO_HUB"): "not taken: clone-pipeline export hf --push OWNER/NAME",
    ("HUGGINGFACE", "PRIVATE"): "not taken: what is pushed is private",
    ("PHASE", "PHASE_INDEX"): _PHASES,
    ("PHASE", "WORK_IN_PHASES"): _PHASES,
    ("SCRAPING", "USE_GUTENBERG"): _SCRAPING,
    ("SCRAPING", "START_URL"): _SCRAPING,
    ("SCRAPING", "MAX_BOOKS"): _SCRAPING,
    ("SCRAPING", "MAX_FAILURES"): _SCRAPING,
    ("SYSTEM", "REARRANGEMENTS_TO_TAKE"): "not taken: a chunk's pairs are one conversation, in "
    "their order; several qa.styles make several",
    ("SYSTEM", "CONVERSATION_INSTRUCTIONS"): "not taken: write them into "
    "multi_turn_assistant_conversation.yaml in the folder that qa.prompts names",
    ("SYSTEM", "GRAPH"): "not taken: Dagster's page of each asset has its plots",
}
# What holds anyhow, by its value there; another one is told.
_ANYHOW = {
    ("SYSTEM", "USE_FILENAMES"): (
        False,
        "not taken: prompts without file names are used; {textdetails} is the document's title",
    ),
    ("SYSTEM", "ASSISTANT_MODE"): (
        True,
        "not taken: conversations are those of a user with an assistant",
    ),
    ("SYSTEM", "DO_NOT_USE_SYSTEM_PROMPTS"): (
        False,
        "not taken: rows have their system prompt (expert.system_prompt)",
    ),
    ("SKIP", "CONVERSATION_GENERATION"): (
        False,
        "not taken: the pairs of a chunk become a conversation; the table verified_qa has them "
        "one by one",
    ),
}


def read(account: Account) -> None:
    """Say of each of them why it is not taken."""
    for path, why in _LEFT.items():
        account.leave(path, why)
    for path, (held, why) in _ANYHOW.items():
        if account.get(*path) in (held, None):
            account.took(path)
        else:
            account.leave(path, why)


def other_endpoint(account: Account, keys: tuple[str, ...]) -> None:
    """The large model is served elsewhere."""
    for key in keys:
        account.leave(
            ("API", key),
            f"{_ONE_ENDPOINT}: put a gateway before the two and name it in llm.base_url, then "
            "write llm.large_model; until then the small model writes conversations, too",
        )
