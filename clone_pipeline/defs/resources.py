"""The project's folder as a resource: its settings, loaded when an asset needs them."""

import os
from pathlib import Path

import dagster as dg

from clone_pipeline import project as project_file
from clone_pipeline.project import Project

FOLDER_VARIABLE = "CLONE_PIPELINE_PROJECT"


def project_folder() -> Path:
    """The folder in CLONE_PIPELINE_PROJECT, else the current one; absolute."""
    return Path(os.environ.get(FOLDER_VARIABLE) or ".").expanduser().resolve()


class ProjectFolder(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where a project's files lie. Nothing is read before an asset asks."""

    path: str

    @property
    def root(self) -> Path:
        """The project's folder."""
        return Path(self.path)

    @property
    def data(self) -> Path:
        """Tables, exports, the journal and the funnel."""
        return self.root / "data"

    @property
    def models(self) -> Path:
        """The registry."""
        return self.root / "models"

    @property
    def private(self) -> Path:
        """What must never be shared: the map from masks back to what they hide."""
        return self.root / ".private"

    @property
    def shelf(self) -> Path:
        """What was fetched of Reddit, as it was written."""
        return self.private / "reddit.sqlite"

    @property
    def exports(self) -> Path:
        """What other programs read."""
        return self.data / "exports"

    def raw(self, kind: str) -> Path:
        """`raw_input/<kind>`: chats, docs, text or reddit."""
        return self.root / "raw_input" / kind

    def load(self) -> Project:
        """The settings in clone.yaml.

        Raises:
            FaultyInput: every fault of the file at once.
        """
        return project_file.load(self.root)
