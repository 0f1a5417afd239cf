"""The columns of the classic API out of V3's records, so that a notebook survives the switch from one to the other.

Of bugs:

| classic column | V3 | note |
|---|---|---|
| `id`, `id_string` | `id` | a number, and its text |
| `key`, `bug_prefix`, `bug_number` | `prefix` | `QA7-I51` is all three |
| `title` | `name` | |
| `description`, `flag` | the same | |
| `closed` | `status.is_closed_type` | |
| `status.id`, `.type`, `.colorcode` | `status.id`, `.name`, `.color` | |
| `severity`, `reproducible`, `classification`: `.id`, `.type` | `severity`, `is_it_reproducible`, `classification`: `.id`, `.value` | |
| `module.id`, `.name` | `module.id`, `.value` | |
| `milestone`, `affected_milestone`: `.id`, `.name` | `release_milestone`, `affected_milestone` | |
| `assignee_name`, `_zpuid`, `_id`, `_email` | `assignee.name` or `.full_name`, `.zpuid`, `.zuid`, `.email` | "Unassigned User" reads "Unassigned"; not every answer has a `zuid` |
| `reported_person`, `reporter_zpuid`, `_id`, `_email` | `created_by`, likewise | |
| `created_time_long`, `updated_time_long`, `due_date_long` | `created_time`, `last_updated_time`, `due_date` | ISO 8601, to the millisecond |
| `customfields.…` by label | a key of its own by `api_name` | labels from the portal's field metadata, fetched once |
| `escalation_level`, `comment_count`, `attachment_count`, `has_log_hours`, `link.…`, `GROUP_NAME.…` | none | null |

A custom field's person reads by name, money as `USD 12.00`, several choices with commas, as in the classic API; what the
value holds beyond that (a person's zpuid) stands under `v3.` and the field's own name. Where the metadata cannot be had
(it needs ZohoProjects.custom_fields.READ), a field goes by its name without `cf_`.

Of comments (V3 lists them issue by issue), users, time logs and milestones:

| classic column | V3 | note |
|---|---|---|
| `content`, `bug_id` | `comment`, the issue asked for | |
| `added_person`, `added_by`, `added_by_zpuid`, `_email`, `created_time_long` | `added_by.full_name`, `.zuid`, `.zpuid`, `.email`, `created_time` | comments have no `zuid` |
| users: `id`, `zpuid` | `zuid`, and `id` or `zpuid` | a record without `zuid` has its `id` as it is |
| users: `name`, `email`, `role`, `active` | `full_name` or `name`, `email`, `role.name`, `is_active` or `status` | |
| `hours`, `minutes`, `total_minutes`, `hours_display` | `log_hour` | `03:36` is all four |
| `log_date`, `log_date_long`, `day_date`, `day_date_long` | `date` | the day; its midnight in UTC, where the classic API has the portal's |
| `notes`, `bill_status`, `approval_status` | `notes`, `billing_status`, `approval.status` | |
| `owner_name`, `_id`, `_zpuid`, `_email`; `approver_name`, `_email` | `owner.name`, `.zuid`, `.zpuid`, `.email`; `approval.name`, `.email` | |
| `bug.id`, `bug.title`; `name`; `log_type` | `module_detail.id`, `.name`; `log_name`; `type` | |
| milestones: `name`, `flag`, `status`, `owner_name`, `owner_id` | `name`, `flag`, `status.is_closed_type`, `owner.name`, `.zuid` | |
| `start_date_long`, `end_date_long` | `start_date`, `end_date` | |

Dates as text (`created_time`, `created_time_format`) are in the portal's time zone, which V3's records do not tell: null.
What only V3 has keeps its own name under `v3.`: nothing is lost.
"""  # noqa: E501  a table's rows are not wrapped

from zbt_notebook.client.v3_columns.filters import check_filters, keeps, leaves_out
from zbt_notebook.client.v3_columns.shapes import as_classic

__all__ = ["as_classic", "check_filters", "keeps", "leaves_out"]
