"""clone.yaml as one frozen tree; the only reader of that file."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError, field_validator

from clone_pipeline import strict_yaml
from clone_pipeline.bots import places
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.settings import BotName, BotSettings
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.chats.cleaning_settings import CleaningSettings
from clone_pipeline.chats.company import Acquaintance
from clone_pipeline.chats.dialogues import DialogueSettings
from clone_pipeline.chats.privacy import PrivacySettings
from clone_pipeline.chats.sessions import SessionSettings
from clone_pipeline.documents.chunking import ChunkingSettings
from clone_pipeline.documents.settings import DocumentSettings
from clone_pipeline.evaluation.gate import EvaluationSettings
from clone_pipeline.formats.identity import HONESTY, Identity
from clone_pipeline.formats.settings import DatasetSettings
from clone_pipeline.llm.openai_compatible import LlmSettings
from clone_pipeline.qa.settings import QaSettings
from clone_pipeline.reddit.settings import RedditSettings
from clone_pipeline.scale.settings import ScaleSettings
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.settings import Fault, FaultyInput, Settings, faults_of
from clone_pipeline.training.settings import TrainingSettings

FILE = "clone.yaml"
PLATFORMS: tuple[Platform, ...] = get_args(Platform)

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]


class Persona(Settings):
    """Someone whose way of writing the model learns."""

    name: str = Field(min_length=1, max_length=80, description="the name that the clone answers to")
    accounts: dict[str, list[str]] = Field(
        default_factory=dict,
        description="ids or names by platform: {discord: [..], whatsapp: [..], neutral: [..]}",
    )
    system_prompt: str = Field(
        "", description="who this is and who the other is; empty: a line made from the name"
    )
    bias: int | None = Field(
        None,
        ge=10**16,
        lt=10**19,
        description="of bots of the form bias: the person's number in `¶BIAS:> text`",
    )
    persona: str = Field(
        "", max_length=20_000, description="of bots of the form bias: said by it before all else"
    )
    backstory: str = Field(
        "", max_length=20_000, description="of bots of the form backstory: first line of prompts"
    )
    facts: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="what the clone says of itself when asked who it is: sentences in the first "
        "person, such as `I keep bees.`",
    )
    honesty: str = Field(
        HONESTY,
        max_length=1000,
        description="what it answers to `are you a bot?` and `what don't you know?`; {name} stands "
        "for the name; empty: it learns no such answer",
    )

    def prompt(self) -> str:
        """The system prompt, or the line that stands in for it."""
        written = self.system_prompt.strip()
        return written or f"CONTEXT: You are {self.name}, chatting with a friend."

    def voice(self, key: str, *, own_model: bool) -> VoiceSettings:
        """This persona as a bot's voice; the project's own model knows its prompt already."""
        return VoiceSettings(
            name=self.name,
            bias=self.bias,
            persona=self.persona,
            backstory=self.backstory,
            system_prompt="" if own_model else self.prompt(),
            model=key if own_model else None,
        )


class Person(Settings):
    """Someone in the chats who is not cloned, but known: by name, and by what they are to whom."""

    name: str = Field(
        min_length=1, max_length=80, description="what this person is called in dialogues"
    )
    accounts: dict[str, list[str]] = Field(
        default_factory=dict, description="ids or names by platform, as of a persona"
    )
    relation: str = Field(
        "",
        max_length=120,
        description="who this is to the persona, such as `your sister`; told in system prompts",
    )


class Expert(Settings):
    """A subject expert, taught from documents."""

    system_prompt: str = Field(
        "You are an expert who answers questions about this subject.",
        min_length=1,
        description="what the expert is told before a conversation",
    )
    system_prompt_rag: str = Field(
        "You are an expert who answers questions about this subject. "
        "Use this passage where it helps:\n\n{data}",
        pattern=r"(?s)\{data\}",
        description="the same with a passage of the documents in place of {data}",
    )


class Project(Settings):
    """A project's settings: who is cloned, from what, with which models."""

    personas: dict[Key, Persona] = Field(default_factory=dict, description="who is cloned, by key")
    people: dict[Key, Person] = Field(
        default_factory=dict, description="who else is in the chats and known, by key"
    )
    expert: Expert = Field(
        default_factory=Expert, description="what the documents teach; without any, unused"
    )
    time_zone: str = Field(
        "UTC", description="whose days and nights count, such as Europe/Berlin (IANA's name)"
    )
    reddit: RedditSettings = Field(default_factory=RedditSettings)
    llm: LlmSettings = Field(default_factory=LlmSettings, description="who writes QA data")
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    cleaning: CleaningSettings = Field(default_factory=CleaningSettings)
    sessions: SessionSettings = Field(default_factory=SessionSettings)
    dialogues: DialogueSettings = Field(default_factory=DialogueSettings)
    documents: DocumentSettings = Field(default_factory=DocumentSettings)
    chunking: ChunkingSettings = Field(default_factory=ChunkingSettings)
    qa: QaSettings = Field(default_factory=QaSettings)
    datasets: DatasetSettings = Field(default_factory=DatasetSettings)
    training: TrainingSettings = Field(default_factory=TrainingSettings)
    evaluation: EvaluationSettings = Field(default_factory=EvaluationSettings)
    serving: ServingSettings = Field(default_factory=ServingSettings)
    scale: ScaleSettings = Field(default_factory=ScaleSettings)
    bots: dict[BotName, BotSettings] = Field(default_factory=dict, description="bots, by name")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("not a time zone; write it as in Europe/Berlin or UTC") from None
        return name

    def reddit_users(self) -> dict[str, str]:
        """The persona of each Reddit user that is one, by user name in lower case.

        A user is a persona's by `accounts.reddit`, or as `reddit.replacers` says whose account
        elsewhere is the same person's.
        """
        owners = {
            str(account): key
            for key, persona in self.personas.items()
            for accounts in persona.accounts.values()
            for account in accounts
        }
        linked = {
            user.lower(): owners[identity]
            for user, identity in self.reddit.replacers.items()
            if identity in owners
        }
        named = {
            account.removeprefix("u/").lower(): key
            for key, persona in self.personas.items()
            for account in persona.accounts.get("reddit", [])
        }
        return {**linked, **named}

    def bot(self, name: str) -> BotSettings:
        """A bot's settings with all voices that it can have: its own and the personas'."""
        settings = self.bots[name]
        own = settings.brain.model.base_url is None
        voices = {key: who.voice(key, own_model=own) for key, who in self.personas.items()}
        return settings.model_copy(update={"voices": voices | settings.voices})

    def bots_plan(self, folder: Path, *, names: Sequence[str] = (), **more: Any) -> Plan:
        """What a process of bots is handed.

        Args:
            folder: of the project.
            names: of the bots that it runs; left out: all.
            more: `Plan`'s own fields, such as `rehearse`.
        """
        owned = {
            platform: {str(each): key for key, who in self.personas.items()
                       for each in who.accounts.get(platform, [])}
            for platform in PLATFORMS
        }  # fmt: skip
        return Plan(
            private=folder / ".private",
            models=folder / "models",
            time_zone=self.time_zone,
            bots={name: self.bot(name) for name in names or self.bots},
            accounts=owned,
            **more,
        )

    def accounts(self) -> dict[str, dict[str, list[str]]]:
        """Whose accounts are whose: {persona key: {platform: [ids or names]}}."""
        return {key: persona.accounts for key, persona in self.personas.items()}

    def system_prompts(self) -> dict[str, str]:
        """The system prompt of each persona, by key."""
        return {key: persona.prompt() for key, persona in self.personas.items()}

    def names(self) -> dict[str, str]:
        """The name of each persona, by key."""
        return {key: persona.name for key, persona in self.personas.items()}

    def acquaintances(self) -> dict[str, Acquaintance]:
        """Name and relation of each known person, by the author id `person:<key>`."""
        return {
            f"person:{key}": Acquaintance(person.name, person.relation)
            for key, person in self.people.items()
        }

    def identities(self) -> dict[str, Identity]:
        """What each persona says of itself, by key."""
        return {
            key: Identity(persona.name, persona.prompt(), persona.facts, persona.honesty)
            for key, persona in self.personas.items()
        }


def load(folder: Path) -> Project:
    """Read `folder/clone.yaml`.

    Raises:
        FaultyInput: the file is missing, is no YAML, or holds faults: all of them, each with
            the key's path, what was found and the fix.
    """
    path = folder / FILE
    try:
        written = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fault = Fault(str(path), "no such file", f"`clone-pipeline init {folder}` writes one.")
        raise FaultyInput([fault]) from None
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(str(path), f"no readable text ({error})", "Save it as a UTF-8 text file.")
        raise FaultyInput([fault]) from None
    return parse(written, folder=folder)


def parse(written: str, *, folder: Path) -> Project:
    """The settings that the text of a clone.yaml holds; paths in it are relative to `folder`.

    Raises:
        FaultyInput: every fault at once.
    """
    tree = strict_yaml.read(written, name=FILE)
    faults = [*_twice_claimed(tree), *_missing_folders(tree, folder)]
    try:
        project = Project.model_validate(tree)
    except ValidationError as error:
        raise FaultyInput([*faults_of(error, Project), *faults]) from None
    unfit = [
        *_unknown_personas(project),
        *_torn_places(project),
        *_unjudged(project),
        *_unwritten(project),
    ]
    if faults := [*faults, *unfit]:
        raise FaultyInput(faults)
    return project


def digest(*parts: object) -> str:
    """A digest (16 hexadecimal digits) of settings and other plain values."""
    shown = "\x1f".join(
        part.model_dump_json() if isinstance(part, Settings) else str(part) for part in parts
    )
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def _unknown_personas(project: Project) -> Iterator[Fault]:
    """Bots that are to speak as somebody whom neither the project nor they know."""
    for name, bot in project.bots.items():
        known = {*project.personas, *bot.voices}
        for where, persona in bot.named_personas():
            if persona not in known:
                fix = f"Name one of {', '.join(sorted(known)) or '(there are none)'}, or add it."
                yield Fault(f"bots.{name}.{where}", f"`{persona}`, who is no persona", fix)


def _torn_places(project: Project) -> Iterator[Fault]:
    """Settings of bots that are each right, and wrong together."""
    for name, bot in project.bots.items():
        for platform, given in bot.platforms().items():
            for where, why in places.faults(bot.rules, given):
                fix = "Set both keys there."
                yield Fault(
                    f"bots.{name}.{platform}.{where}", f"with what is around it: {why}", fix
                )


def _twice_claimed(tree: dict[str, Any]) -> list[Fault]:
    owners: dict[tuple[str, str], str] = {}
    faults = []
    for owner, accounts in _claims(tree):
        for platform, names in accounts.items() if isinstance(accounts, dict) else ():
            for name in names if isinstance(names, list) else ():
                standing = owners.setdefault((str(platform), str(name)), owner)
                if standing != owner:
                    other = standing.partition(".")[2]
                    fix = f"It belongs to `{other}` already: leave it with one of them."
                    where = f"{owner}.accounts.{platform}"
                    faults.append(Fault(where, f"the account `{name}`", fix))
    return faults


def _claims(tree: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Whoever may have accounts, such as `personas.anna`, with what is written there."""
    for part in ("personas", "people"):
        listed = tree.get(part)
        for key, each in listed.items() if isinstance(listed, dict) else ():
            yield f"{part}.{key}", each.get("accounts") if isinstance(each, dict) else None


def _unjudged(project: Project) -> Iterator[Fault]:
    """Dialogues that are to be scored by a model that judges no better than chance."""
    if project.dialogues.score.enabled and project.llm.address is None:
        fix = "Name an endpoint and its model under `llm`, or leave the scoring out."
        found = "true, but there is only the embedded model, which is no judge"
        yield Fault("dialogues.score.enabled", found, fix)


def _unwritten(project: Project) -> Iterator[Fault]:
    """What is asked of a model that the embedded one can't write or judge."""
    if project.llm.address is not None:
        return
    qa, plain = project.qa, QaSettings()
    asked = ("filter_chunks", "top_up", "multi_source", "min_rating", "corrections", "rewrites",
             "styles")  # fmt: skip
    for key in asked:
        if getattr(qa, key) != getattr(plain, key):
            fix = "Name an endpoint and its model under `llm`, or leave this out."
            yield Fault(f"qa.{key}", "set, but there is only the embedded model", fix)


def _missing_folders(tree: dict[str, Any], folder: Path) -> list[Fault]:
    faults = []
    base = _written(tree, "training", "base_model")
    if base.startswith((".", "/", "~")) and not (folder / Path(base).expanduser()).is_dir():
        fix = "Give a folder that holds a model, a hub name, or `embedded`."
        faults.append(Fault("training.base_model", f"`{base}`, which is no folder", fix))
    prompts = _written(tree, "qa", "prompts")
    if prompts and not (folder / prompts).is_dir():
        fix = "Make the folder, or leave the key out to use the prompts that come along."
        faults.append(Fault("qa.prompts", f"`{prompts}`, which is no folder", fix))
    return faults


def _written(tree: dict[str, Any], part: str, key: str) -> str:
    """The text at `part.key`; empty if something else stands there."""
    value = tree[part].get(key) if isinstance(tree.get(part), dict) else None
    return value if isinstance(value, str) else ""
