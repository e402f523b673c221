"""Is everything there that a run needs? Every fault at once, each with its fix."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clone_pipeline import checking_bots, checking_chats, checking_qa, registry
from clone_pipeline import project as project_file
from clone_pipeline.llm import embedded
from clone_pipeline.llm.openai_compatible import LlmSettings, api_key, is_local
from clone_pipeline.llm.opening import who_receives
from clone_pipeline.local_model.bases import EMBEDDED
from clone_pipeline.project import Project
from clone_pipeline.reddit import session
from clone_pipeline.reddit.settings import RedditSettings
from clone_pipeline.settings import Fault, FaultyInput

MODEL_FILES = ("config.json", "tokenizer.json")
TABLES_SENT = "chunks, qa_candidates and verified_qa"
TABLES_JUDGED = "chunks, qa_candidates, verified_qa and persona_dialogues"


@dataclass
class Findings:
    """What is in order, what to know, what is wrong."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(folder: Path, *, daemon_alive: Callable[[Path], bool]) -> Findings:
    """Look at the project's settings, inputs, keys, models and daemon."""
    found = Findings()
    try:
        settings = project_file.load(folder)
    except FaultyInput as error:
        found.faults += error.faults
        settings = None
    if settings:
        found.facts.append(f"clone.yaml: {_who(settings)}")
        _reddit(settings.reddit, settings.time_zone, folder, found)
        _inputs(settings, folder, found)
        if not settings.bots or settings.reddit.subs or _has_inputs(folder):
            judged = settings.dialogues.score.enabled
            needed = judged or _has_documents(folder)
            _writer(
                settings.llm, found, needed=needed, sent=TABLES_JUDGED if judged else TABLES_SENT
            )
            _prompts(settings, folder, found)
            _base(settings, folder, found)
        facts, warnings, faults = checking_bots.check_bots(
            settings, deployed=registry.production(folder / "models") is not None
        )
        found.facts += facts
        found.warnings += warnings
        found.faults += faults
    if daemon_alive(folder):
        found.facts.append("a Dagster daemon is alive: schedules and the redeploy sensor run")
    else:
        found.warnings.append(
            "no Dagster daemon is alive: `clone-pipeline run` redeploys by itself; "
            "schedules need `dagster dev`"
        )
    return found


def _who(settings: Project) -> str:
    names = [f"{persona.name} ({key})" for key, persona in settings.personas.items()]
    return ", ".join(names) if names else "nobody is cloned; documents make a subject expert"


def _inputs(settings: Project, folder: Path, found: Findings) -> None:
    raw = folder / "raw_input"
    counts = {}
    for kind in ("docs", "text"):
        counts[kind] = sum(_is_input(path) for path in (raw / kind).rglob("*"))
    counts["chats"], facts, warnings = checking_chats.check_chats(
        raw / "chats", private=folder / ".private"
    )
    found.warnings += warnings
    found.facts += facts
    found.facts += [f"raw_input/{kind}: {counts[kind]} files" for kind in ("chats", "docs", "text")]
    if not any(counts.values()) and not settings.reddit.subs and not settings.bots:
        fix = "Copy a chat export into raw_input/chats or documents into raw_input/docs."
        found.faults.append(Fault("raw_input", "no files", fix))
    if counts["chats"] and not settings.personas:
        fix = "Name at least one persona with its accounts."
        found.faults.append(Fault("personas", "nobody, though there are chats", fix))
    for key, persona in settings.personas.items():
        if not any(persona.accounts.values()) and (counts["chats"] or not settings.bots):
            fix = "Say which ids or names are theirs: {discord: [..], whatsapp: [..]}."
            found.faults.append(Fault(f"personas.{key}.accounts", "no accounts", fix))


def _reddit(reddit: RedditSettings, zone: str, folder: Path, found: Findings) -> None:
    names = [f"r/{name}" for name, sub in reddit.subs.items() if not sub.skip]
    if not names:
        return
    found.facts.append(
        f"Reddit: {', '.join(names)}, at 3:00 every night ({zone}); www.reddit.com and "
        f"oauth.reddit.com learn which threads are read, and get no text of yours"
    )
    dumps = folder / "raw_input" / "reddit"
    try:
        session.connect(
            client_id_env=reddit.client_id_env,
            client_secret_env=reddit.client_secret_env,
            username_env=reddit.username_env,
            password_env=reddit.password_env,
        )
    except FaultyInput as error:
        if not any(_is_input(path) for path in dumps.rglob("*")):
            found.faults += error.faults
        else:
            found.warnings.append("Reddit: no credentials, so only dumps are read")


def _has_inputs(folder: Path) -> bool:
    return any(_is_input(path) for path in (folder / "raw_input").rglob("*"))


def _has_documents(folder: Path) -> bool:
    return any(_is_input(path) for path in (folder / "raw_input" / "docs").rglob("*"))


def _is_input(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _writer(llm: LlmSettings, found: Findings, *, needed: bool, sent: str) -> None:
    found.facts.append(f"QA writer: {who_receives(llm, what=sent)}")
    if llm.address is None:
        if needed:
            try:
                embedded.gguf_path()
            except FaultyInput as error:
                found.faults += error.faults
        return
    if not needed:
        found.warnings.append("llm: not asked, as there are no documents in raw_input/docs")
        return
    try:
        key = api_key(llm.api_key_env)
    except FaultyInput as error:
        found.faults += error.faults
        return
    if llm.mode != "cohere":  # whose list of models is of another shape; the trial asks it anyway
        _access(llm, key or "none", found)


def _prompts(settings: Project, folder: Path, found: Findings) -> None:
    """Ask a handful of questions, unless something is wrong already or there is nobody to ask."""
    if settings.llm.address is None or not settings.qa.smoke_test or not _has_documents(folder):
        return
    if found.faults:
        found.warnings.append("the prompts were not tried, as there are faults")
        return
    tried = checking_qa.check_qa(settings, folder)
    if tried.sent:
        found.facts.append(f"the prompts were tried on one chunk: {tried.sent} requests sent")
    found.facts += tried.facts
    found.warnings += tried.warnings
    found.faults += tried.faults


def _access(llm: LlmSettings, key: str, found: Findings) -> None:
    import openai  # noqa: PLC0415

    client = openai.OpenAI(
        base_url=llm.base_url,
        api_key=key,
        timeout=10,
        max_retries=1,
        http_client=openai.DefaultHttpxClient(trust_env=not is_local(llm.base_url or "")),
    )
    try:
        offered = {model.id for model in client.models.list()}
    except openai.AuthenticationError:
        fix = f"Check the key in {llm.api_key_env}."
        found.faults.append(Fault("llm.base_url", f"{llm.base_url} refused the key", fix))
        return
    except openai.APIError as error:
        what = f"no answer from {llm.base_url} ({type(error).__name__})"
        found.faults.append(Fault("llm.base_url", what, "Is the address right, the server up?"))
        return
    for where, name in (("llm.model", llm.model), ("llm.large_model", llm.large_model)):
        if name and offered and name not in offered:
            fix = f"It offers: {', '.join(sorted(offered)[:8])}."
            found.faults.append(Fault(where, f"`{name}`, which the endpoint lacks", fix))


def _base(settings: Project, folder: Path, found: Findings) -> None:
    base = settings.training.base_model
    where = folder / Path(base).expanduser()
    if base == EMBEDDED:
        try:
            embedded.gguf_path()
        except FaultyInput as error:
            found.faults += [f for f in error.faults if f not in found.faults]
            return
    elif where.is_dir():
        if missing := [name for name in MODEL_FILES if not (where / name).is_file()]:
            fix = "Save model and tokenizer there as transformers does (safetensors)."
            found.faults.append(
                Fault("training.base_model", f"`{base}` without {', '.join(missing)}", fix)
            )
            return
    else:
        found.warnings.append(f"base model: {base} is no folder, so the hub is asked for it")
        return
    found.facts.append(f"base model: {base}, method {settings.training.method.name}")
