"""The pages there are, and the right each of them asks for."""

from dataclasses import dataclass
from pathlib import Path

from data.access.roles import Right, Viewer

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Page:
    """name: of its file and in its address; its title stands under "nav" in the texts."""

    name: str
    right: Right
    icon: str

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.py"


PAGES = (
    Page("city", "buildings", ":material/map:"),
    Page("changes", "analysis", ":material/compare_arrows:"),
    Page("sandbox", "drafts", ":material/tune:"),
    Page("fairness", "analysis", ":material/balance:"),
    Page("backtest", "analysis", ":material/history_toggle_off:"),
    Page("quality", "analysis", ":material/fact_check:"),
    Page("imports", "import", ":material/upload_file:"),
    Page("accounts", "accounts", ":material/group:"),
    Page("audit", "audit", ":material/history:"),
)


def pages_for(viewer: Viewer) -> list[Page]:
    return [page for page in PAGES if viewer.may(page.right)]
