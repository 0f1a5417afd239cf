"""The one portal of the sandbox: its people, its pick lists, its projects by name."""

from zbt_notebook.simulator.accounts.grant import DEMO_USER
from zbt_notebook.simulator.data.rows import Choice, CustomField, FieldKind, Member, Tag

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
        Member(70031001 + 37 * index, _PEOPLE + 2 * index, name, f"{login}@brightwater.example", role)
        for index, ((name, role), login) in enumerate(zip(_NAMES, _LOGINS, strict=True))
    ),
    Member(70031992, _PEOPLE + 90, "Robert Fields", "robert@brightwater.example", "employee", active=False),
)


def _choices(first: int, *names: str) -> tuple[Choice, ...]:
    return tuple(Choice(_LISTS + first + 3 * index, name) for index, name in enumerate(names))


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


def _field(index: int, column: str, label: str, kind: FieldKind, api_name: str, *options: str) -> CustomField:
    return CustomField(_LISTS + 1_003 + 20 * index, column, label, kind, api_name, options)


# The API names are made from the labels, mostly: with cf_ before them or not, or a number only
CUSTOM_FIELDS = (
    _field(0, "UDF_CHAR1", "Customer", "text", "cf_customer"),
    _field(1, "UDF_CHAR2", "Environment", "pick", "cf_environment", "production", "staging", "development"),
    _field(2, "UDF_LONG1", "Support ticket", "number", "cf_support_ticket"),
    _field(3, "UDF_DATE1", "Found on", "date", "cf_found_on"),
    _field(4, "UDF_USER1", "QA contact", "user", "cf_qa_contact"),
    _field(5, "UDF_MULTIUSER1", "Reviewers", "users", "reviewers"),
    _field(6, "UDF_MULTI1", "Platforms", "picks", "cf_platforms", "Windows", "macOS", "Linux", "iOS", "Android"),
    _field(7, "UDF_BOOLEAN1", "Blocks a release", "check", "cf_0001"),
    _field(8, "UDF_CURRENCY1", "Cost", "money", "cf_cost"),
    _field(9, "UDF_DOUBLE1", "Share of users", "decimal", "cf_share_of_users"),
    _field(10, "UDF_DATETIME1", "First seen", "moment", "cf_first_seen"),
    _field(11, "UDF_EMAIL1", "Contact", "email", "cf_contact"),
    _field(12, "UDF_URL1", "Report", "url", "cf_report"),
    _field(13, "UDF_PHONE1", "Hotline", "phone", "cf_hotline"),
    _field(14, "UDF_TEXT1", "Workaround", "lines", "cf_workaround"),
)

TAGS = tuple(
    Tag(_LISTS + 603 + 2 * index, name, color, MEMBERS[0].id)
    for index, (name, color) in enumerate(
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
