"""What the bugs of the sandbox are about: the phrases that titles and reports are composed of."""

# module → subjects, and what goes wrong with any one of them
TROUBLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "None": (
        (
            "Start page",
            "Help centre link",
            "Keyboard shortcut list",
            "Onboarding tour",
            "Feedback form",
            "Release notes popup",
        ),
        (
            "does not open",
            "shows placeholder text",
            "covers the main menu",
            "is missing its translation",
            "throws a JavaScript error",
            "comes back after it was dismissed",
        ),
    ),
    "Sign-in": (
        (
            "Password reset link",
            "Two-factor prompt",
            "SAML redirect",
            "Remember-me cookie",
            "Invitation link",
            "Session renewal",
            "Google sign-in",
        ),
        (
            "ends in an endless redirect",
            "expires too early",
            "answers 500",
            "signs the wrong account in",
            "is rejected although it is valid",
            "loses the page the user came from",
            "fails without an error message",
        ),
    ),
    "Billing": (
        (
            "Invoice PDF",
            "VAT calculation",
            "Card renewal",
            "Proration on upgrade",
            "Credit note",
            "Dunning mail",
            "SEPA mandate",
            "Currency conversion",
        ),
        (
            "shows the wrong total",
            "is off by one cent",
            "is sent twice",
            "ignores the discount",
            "uses last month's rate",
            "fails for annual plans",
            "does not reach the accounting system",
        ),
    ),
    "Reports": (
        (
            "Monthly summary",
            "Burn-down chart",
            "Team workload report",
            "Pivot table",
            "Saved filter",
            "Scheduled report",
            "Dashboard tile",
        ),
        (
            "counts archived items",
            "takes more than 30 seconds to load",
            "is empty on the first of the month",
            "shows dates in UTC",
            "loses its column order",
            "does not match the list view",
            "cannot be shared",
        ),
    ),
    "Import & export": (
        (
            "CSV import",
            "Excel export",
            "Attachment upload",
            "Bulk edit",
            "Data migration",
            "JSON backup",
            "Webhook delivery",
        ),
        (
            "stops after 5,000 rows",
            "drops leading zeros",
            "breaks on umlauts",
            "hangs at 99 %",
            "creates duplicates on retry",
            "truncates long comments",
            "reports success although rows failed",
            "runs out of memory",
        ),
    ),
    "Mobile": (
        (
            "Android app",
            "iOS app",
            "Offline queue",
            "Push notification",
            "Camera upload",
            "Tablet layout",
            "Home-screen widget",
        ),
        (
            "crashes on start",
            "drains the battery",
            "shows stale data",
            "loses unsaved edits",
            "ignores the system font size",
            "stays in portrait mode",
            "freezes while syncing",
        ),
    ),
    "Search": (
        (
            "Full-text search",
            "Autocomplete",
            "Saved search",
            "Tag filter",
            "Recent items list",
            "Search index",
            "Advanced query",
        ),
        (
            "misses exact matches",
            "returns deleted records",
            "is case sensitive",
            "times out",
            "ignores quotes",
            "ranks old items first",
            "fails on a trailing space",
        ),
    ),
    "Notifications": (
        ("Mention mail", "Daily digest", "Slack message", "Reminder", "In-app badge", "Subscription to a thread"),
        (
            "arrives hours late",
            "is sent to former members",
            "links to the wrong record",
            "is not sent at all",
            "cannot be switched off",
            "arrives in the wrong language",
            "never clears",
        ),
    ),
    "Admin": (
        (
            "Role editor",
            "Audit log",
            "User deactivation",
            "IP allow list",
            "Custom field editor",
            "API key page",
            "Data retention job",
        ),
        (
            "ignores nested groups",
            "does not save the last change",
            "shows other tenants' names",
            "locks out the last administrator",
            "sorts by internal id",
            "needs a reload to take effect",
            "accepts invalid input",
        ),
    ),
}

CONDITIONS = (
    "",
    "",
    "",
    " on Safari",
    " on Firefox ESR",
    " in dark mode",
    " in the EU region",
    " behind a corporate proxy",
    " after the last release",
    " after switching workspaces",
    " for guest users",
    " for accounts without a phone number",
    " when two people edit at once",
    " when the name contains an apostrophe",
    " when the trial has ended",
    " if the time zone is west of UTC",
    " if the browser blocks third-party cookies",
    " with more than 200 entries",
    " with right-to-left text",
    " on slow connections",
    " during the nightly backup",
    " at the change to daylight saving time",
)

WISHES = (
    "Allow {who} to {do}",
    "Let {who} {do}",
    "Add an option to {do}",
    "Make it possible to {do} from the list view",
    "{who_title} should be able to {do}",
)
WISH_WHO = ("administrators", "project owners", "guests", "support agents", "external reviewers")
WISH_DO = {
    "None": ("pin favourites", "change the interface language", "hide finished items", "open records in a new tab"),
    "Sign-in": (
        "sign in with a passkey",
        "end all other sessions",
        "enforce two-factor sign-in",
        "rename their account",
    ),
    "Billing": (
        "download all invoices at once",
        "pay by bank transfer",
        "set a spending limit",
        "add a purchase order number",
    ),
    "Reports": ("schedule a weekly report", "compare two periods", "copy a dashboard", "hide empty columns"),
    "Import & export": ("preview an import", "export to Parquet", "resume a broken upload", "map columns by name"),
    "Mobile": ("scan a barcode", "work offline", "attach several photos", "use the app in split screen"),
    "Search": (
        "search within attachments",
        "save a search for the team",
        "exclude archived records",
        "search by custom field",
    ),
    "Notifications": ("mute a thread", "choose quiet hours", "receive one digest a day", "send reminders to a channel"),
    "Admin": ("clone a role", "export the audit log", "merge two accounts", "set a retention period per project"),
}

STEPS = (
    "Sign in as a regular member.",
    "Open the record from the list.",
    "Change any field and save.",
    "Reload the page.",
    "Switch to another project and back.",
    "Wait about a minute.",
    "Repeat with a second browser.",
    "Press the back button.",
)
EXPECTED = (
    "The change is saved and visible to everybody.",
    "The page loads within two seconds.",
    "An error message says what is wrong.",
    "The same figures as in the list view.",
    "Nothing is lost.",
)
ACTUAL = (
    "A grey box appears and the console shows <code>TypeError: undefined is not a function</code>.",
    "The request answers <b>500</b> after 30 seconds.",
    "The old value is back after the reload.",
    "Half of the entries are missing.",
    "The spinner never stops.",
)
REMARKS = (
    "Reproduced on staging with the current build.",
    "I can not reproduce this any more, is it still there for you?",
    "Log excerpt attached. The second request is the interesting one.",
    "This looks like the same cause as last month's outage.",
    "Fixed on the branch, waiting for review.",
    "Customer called again, raising the severity.",
    "Works for me with an empty cache &amp; a fresh profile.",
    "Merged. Please test with the next nightly build.",
    "Tested, looks good. Closing.",
    "Happens about one time in ten, more often in the morning.",
    "Moved to the next release, the change is too large for a patch.",
    "Thanks for the quick fix!",
)
LOG_NOTES = (
    "Investigation",
    "Fix and unit tests",
    "Code review",
    "Reproducing with the customer",
    "Regression test",
    "Pairing",
)
CUSTOMERS = (
    "Alder & Sons",
    "Bellweather Bank",
    "Café Zürich",
    "Delta Freight",
    "Eastgate Clinic",
    "Fjord Energi",
    "Grupo Ibarra",
    "Hanami K.K.",
)
MEETINGS = ("Bug triage", "Sprint planning", "Release go/no-go", "Retrospective", "Customer call", "Post-mortem")
ROOMS = ("Room Kelvin", "Room Curie", "Video call", "Room Noether")
TOPICS = (
    "How we use severities",
    "Release checklist",
    "Known issues of this version",
    "Ideas for the next quarter",
    "On-call hand-over",
)
PAPERS = ("release-notes.txt", "test-plan.txt", "triage-rules.txt", "error-budget.csv")
