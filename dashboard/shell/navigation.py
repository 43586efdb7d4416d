"""The pages there are, and the permission each of them asks for."""

from dataclasses import dataclass
from pathlib import Path

from data.access.roles import AccessScope, Permission

DASHBOARD = Path(__file__).parents[1]


@dataclass(frozen=True)
class Page:
    """name: in its address; its title stands under "nav" in the texts. room: the folder of its page.py."""

    name: str
    room: str
    permission: Permission
    icon: str

    @property
    def file(self) -> Path:
        return DASHBOARD / self.room / "page.py"


PAGES = (
    Page("city", "map", "buildings", ":material/map:"),
    Page("planning", "operations/planning", "plan_view", ":material/route:"),
    Page("changes", "studies/changes", "analysis", ":material/compare_arrows:"),
    Page("sandbox", "studies/sandbox", "drafts", ":material/tune:"),
    Page("fairness", "studies/fairness", "analysis", ":material/balance:"),
    Page("backtest", "studies/backtest", "analysis", ":material/history_toggle_off:"),
    Page("quality", "studies/data_quality", "analysis", ":material/fact_check:"),
    Page("imports", "admin/imports", "import", ":material/upload_file:"),
    Page("accounts", "admin/accounts", "accounts", ":material/group:"),
    Page("audit", "admin/audit", "audit", ":material/history:"),
)


def pages_for(scope: AccessScope) -> list[Page]:
    return [page for page in PAGES if scope.can(page.permission)]
