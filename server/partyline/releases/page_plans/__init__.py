"""What pages show, declared beside an ontology and read once for each release."""

from partyline.releases.page_plans.files import PageFiles, read_page_files
from partyline.releases.page_plans.model import (
    Heading,
    HomeCount,
    HomePlan,
    PagePlan,
    PageProperty,
    PageShape,
    Role,
    Route,
    Step,
)
from partyline.releases.page_plans.reading import ROLES, VIEWERS, read_page_plan
from partyline.releases.page_plans.templates import Gap, OptionalPart, Template, parse_template

__all__ = [
    "ROLES",
    "VIEWERS",
    "Gap",
    "Heading",
    "HomeCount",
    "HomePlan",
    "OptionalPart",
    "PageFiles",
    "PagePlan",
    "PageProperty",
    "PageShape",
    "Role",
    "Route",
    "Step",
    "Template",
    "parse_template",
    "read_page_files",
    "read_page_plan",
]
