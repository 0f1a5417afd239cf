"""The one portal of the sandbox: its people, its pick lists, its projects by name."""

from zbt_notebook.simulator.accounts.grant import DEMO_USER
from zbt_notebook.simulator.data.rows import Choice, CustomField, Member, Tag

PORTAL_ID = 700318264
PORTAL_NAME = "brightwater"
COMPANY = "Brightwater Software"

# Zoho's ids are 18 digits long: beyond what JavaScript counts exactly, which is one of the things to practise.
ID_BASE = 404170000000000000
_LISTS = ID_BASE + 7_000
_PEOPLE = ID_BASE + 11_001
PROJECT_BASE = ID_BASE + 40_003
BUG_BASE = ID_BASE + 1_000_000
BUG_STRIDE = 64  # a bug's comments and attachments take their ids from the numbers that follow its own

_NAMES = (
    ("Jonas Weber", "manager"),
    ("Łukasz Nowak", "employee"),
    ("María García", "employee"),
    ("Chen Wei", "employee"),
    ("Aïcha Diallo", "employee"),
    ("Tom O'Connor", "employee"),
    ("Yuki Tanaka", "employee"),
    ("Fernanda Lopes", "manager"),
    ("Samuel Adeyemi", "employee"),
    ("Ingrid Sørensen", "contractor"),
    ("Zeynep Kaya", "contractor"),
)
_LOGINS = (
    "jonas",
    "lukasz",
    "maria",
    "chen",
    "aicha",
    "tom",
    "yuki",
    "fernanda",
    "samuel",
    "ingrid",
    "zeynep",
)

# Whoever tries the sandbox is one of the team, so that there are bugs of theirs.
MEMBERS: tuple[Member, ...] = (
    Member(DEMO_USER.zuid, int(DEMO_USER.zpuid), DEMO_USER.name, DEMO_USER.email, "admin"),
    *(
        Member(70031001 + 37 * place, _PEOPLE + 2 * place, name, f"{login}@brightwater.example", role)
        for place, ((name, role), login) in enumerate(zip(_NAMES, _LOGINS, strict=True))
    ),
    Member(70031992, _PEOPLE + 90, "Robert Fields", "robert@brightwater.example", "employee", active=False),
)


def _choices(first: int, *names: str) -> tuple[Choice, ...]:
    return tuple(Choice(_LISTS + first + 3 * place, name) for place, name in enumerate(names))


STATUSES = (
    Choice(_LISTS + 83, "Open", "#08aeea"),
    Choice(_LISTS + 86, "In progress", "#f6c026"),
    Choice(_LISTS + 89, "To be tested", "#f6a96d"),
    Choice(_LISTS + 92, "Closed", "#56288f", closes=True),
    Choice(_LISTS + 95, "Reopen", "#ff7bde"),
)
SEVERITIES = _choices(103, "None", "Show stopper", "Critical", "Major", "Minor")
CLASSIFICATIONS = _choices(
    203,
    "None",
    "Security",
    "Crash/Hang",
    "Data loss",
    "Performance",
    "UI/Usability",
    "Other bug",
    "Feature(New)",
    "Enhancement",
)
REPRODUCIBLES = _choices(303, "None", "Always", "Sometimes", "Rarely", "Unable", "Never Tried", "Not Applicable")
MODULES = _choices(
    403, "None", "Sign-in", "Billing", "Reports", "Import & export", "Mobile", "Search", "Notifications", "Admin"
)

CUSTOM_FIELDS = (
    CustomField("UDF_CHAR1", "Customer", "text"),
    CustomField("UDF_CHAR2", "Environment", "pick", ("production", "staging", "development")),
    CustomField("UDF_LONG1", "Support ticket", "number"),
    CustomField("UDF_DATE1", "Found on", "date"),
)

TAGS = tuple(
    Tag(_LISTS + 603 + 2 * place, name, color, MEMBERS[0].id)
    for place, (name, color) in enumerate(
        (
            ("regression", "bgd35b5b"),
            ("quick-win", "bg5cbf6b"),
            ("customer-reported", "bg7f78e0"),
            ("needs-design", "bge0a83c"),
            ("flaky", "bg6aa9d8"),
        )
    )
)

# name, key prefix, what it is, share of the bugs
PROJECTS: tuple[tuple[str, str, str, int], ...] = (
    ("Harbor Web", "HW", "The browser client that customers work in all day.", 30),
    ("Harbor Mobile", "HM", "The iOS and Android apps, one code base.", 20),
    ("Payments", "PAY", "Checkout, invoices, dunning and the payment provider adapters.", 18),
    ("Public API", "API", "The REST interface, webhooks and the client libraries.", 14),
    ("Data Platform", "DP", "Warehouse loads, dashboards and the export jobs.", 10),
    ("Back Office", "BO", "The tools our own support and finance people use.", 8),
)

UNASSIGNED_ZPUID = ID_BASE + 9
ZONE_NAME = "America/Sao_Paulo"  # the default of the switch portal_utc_offset
