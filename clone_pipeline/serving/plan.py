"""What a front is told to do: the content of RUN.json."""

from pathlib import Path

from clone_pipeline import registry
from clone_pipeline.registry import Version
from clone_pipeline.serving.settings import ServingSettings


class Plan(ServingSettings):
    """What RUN.json holds: the settings, and what to serve.

    Attributes:
        models: the models folder.
        version: serve this version alone; None follows models/production.json.
        adapter: False serves the base that the version was trained on, with the version's prompts.
        reported: whether models/serving/<pid>.json says what runs.
        with_parent: end with the process that started this one, and write `{"url": ..}` on
            standard output once it listens.
    """

    models: Path
    version: str | None = None
    adapter: bool = True
    reported: bool = True
    with_parent: bool = False

    def wanted(self) -> Version | None:
        """The version that shall answer, None if nothing was deployed yet.

        Raises:
            FaultyInput: it does not exist.
        """
        if self.version:
            return registry.version(self.models, self.version)
        deployed = registry.production(self.models)
        return registry.version(self.models, deployed.version) if deployed else None

    def fingerprint(self, version: Version) -> str:
        """What `system_fingerprint` says: the version and the start of its digest."""
        shown = f"{version.name}-{version.digest[:12]}"
        return shown if self.adapter else f"base-of-{shown}"
