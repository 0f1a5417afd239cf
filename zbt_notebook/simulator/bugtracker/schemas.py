"""JSON schemas of the answers, written short."""

from typing import Any

Json = dict[str, Any]

_TYPES: dict[str, Json] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "num": {"type": "number"},
    "bool": {"type": "boolean"},
    "any": {},
    "obj": {"type": "object"},
}


def record(fields: str, optional: str = "") -> Json:
    """Read ``"id:int name:str tags:[str] status:Status"``; capitals name other components."""
    pairs = [pair.partition(":")[::2] for pair in f"{fields} {optional}".split()]
    return {
        "type": "object",
        "properties": {name: _type(kind) for name, kind in pairs},
        "required": [pair.partition(":")[0] for pair in fields.split()],
    }


def many(name: str, component: str) -> Json:
    """An envelope with a list."""
    return {"type": "object", "properties": {name: array(component)}, "required": [name]}


def paged(name: str, component: str) -> Json:
    """V3's envelope, with ``page_info`` beside the list."""
    described = many(name, component)
    described["properties"]["page_info"] = {"anyOf": [_type("PageInfo"), array("PageInfo")]}
    described["required"] = [name, "page_info"]
    return described


def array(component: str) -> Json:
    """A bare list."""
    return {"type": "array", "items": _type(component)}


def one(component: str) -> Json:
    """A component itself."""
    return _type(component)


def _type(kind: str) -> Json:
    if kind.startswith("["):
        return array(kind[1:-1])
    return _TYPES.get(kind) or ({} if kind == "any" else {"$ref": f"#/components/schemas/{kind}"})


def _triple(name: str) -> str:
    return f"{name}:str {name}_format:str {name}_long:int"


DELETED: Json = record("response:str")

COMPONENTS: dict[str, Json] = {
    "Portal": record(
        "id:int id_string:str name:str default:bool role:str gmt_time_zone:str plan:str bug_plan:str is_new_plan:bool "
        "new_user_plan:bool trial_enabled:bool available_projects:int avail_user_count:int is_crm_partner:bool "
        "bug_plural:str bug_singular:str is_display_projectprefix:bool project_prefix:str project_count:obj locale:obj "
        "settings:obj link:obj"
    ),
    "Project": record(
        "id:int id_string:str name:str status:str owner_name:str owner_id:str description:str "
        f"{_triple('created_date')} start_date_long:int IS_BUG_ENABLED:bool task_count:obj bug_count:obj "
        "milestone_count:obj custom_fields:[obj] link:obj"
    ),
    "Milestone": record(
        "id:int id_string:str name:str owner_name:str owner_id:str flag:str start_date:str start_date_format:str "
        "start_date_long:int end_date:str end_date_format:str end_date_long:int status:str link:obj",
        _triple("completed_date"),
    ),
    "Bug": record(
        "id:int id_string:str key:str bug_prefix:str bug_number:str title:str flag:str closed:bool status:BugStatus "
        "severity:Typed reproducible:Typed classification:Typed module:Named assignee_name:str assignee_zpuid:int "
        "reporter_id:str reported_person:str reporter_email:str reporter_non_zuser:str escalation_level:str "
        f"has_log_hours:str comment_count:str attachment_count:str {_triple('created_time')} {_triple('updated_time')} "
        "GROUP_NAME:obj link:obj",
        f"description:str assignee_id:str {_triple('due_date')} milestone:Named customfields:[CustomValue] "
        "project:obj affected_milestone:Named",
    ),
    "BugStatus": record("id:str type:str colorcode:str"),
    "Typed": record("id:str type:str"),
    "Named": record("id:str name:str"),
    "CustomValue": record("label_name:str column_name:str value:str"),
    "DefaultFields": record(
        "severity_details:[obj] module_details:[obj] priority_details:[obj] classification_details:[obj]",
        "status_details:[obj] status_deatils:[obj]",
    ),
    "CustomField": record("label_name:str column_name:str default_Value:str picklist_values:[str]"),
    "RenamedField": record("column_name:str label_name:str"),
    "CustomView": record("id:int name:str"),
    "Comment": record(
        "id:int id_string:str content:str",
        "added_by:str added_person:str posted_by:str posted_person:str is_best_answer:bool",
    ),
    "Attachment": record(
        f"attachment_id:str file_name:str file_size:str file_type:str uploaded_by:str uploaded_person:str "
        f"{_triple('uploaded_time')} link:obj"
    ),
    "Activity": record(
        "id:int name:str activity_for:str activity_by:str state:str time:str time_long:int display_time:str"
    ),
    "Follower": record("follower_id:str follower_name:str follower_email:str"),
    "Resolution": record(f"resolution:str resolved_by:str resolved_person:str {_triple('resolved_time')}"),
    "Timer": record("bug_id:str owner_id:str status:str elapsed_seconds:int"),
    "User": record("id:str zpuid:str name:str email:str role:str active:bool", "rate:str"),
    "UserCount": record("avail_user_count:int active_user_count:int"),
    "TimeLog": record(
        "id:int id_string:str hours:int minutes:int total_minutes:int hours_display:str notes:str bill_status:str "
        "approval_status:str owner_name:str owner_id:str log_date:str log_date_long:int created_time_long:int "
        "created_time_format:str link:obj",
        "bug:obj name:str",
    ),
    "TimeLogs": record("", "grandtotal:str role:str date:[obj] buglogs:[TimeLog] generallogs:[TimeLog]"),
    "Event": record(
        "id:int title:str location:str scheduled_on:str scheduled_on_long:int reminder:str repeat:str "
        "occurrence(s):int occurred:int duration_hour:str duration_minutes:str is_open:bool participants:[obj]"
    ),
    "Forum": record(
        "id:int name:str content:str is_sticky_post:bool is_announcement_post:bool is_following:bool posted_by:str "
        f"posted_person:str {_triple('post_date')} link:obj"
    ),
    "ProjectStatus": record(f"id:int content:str posted_by:str posted_person:str {_triple('posted_time')}"),
    "Category": record("id:int name:str"),
    "Folder": record("id:int name:str is_discussion:bool link:obj"),
    "Document": record("id:int file_name:str content_type:str folder:obj versions:[DocumentVersion] link:obj"),
    "DocumentVersion": record(
        "id:int version:str uploaded_by:str uploaded_date:str uploaded_date_long:int file_size:str description:str"
    ),
    "Tag": record("id:str name:str color_class:str created_by:obj"),
    "SearchHit": record("id:str title:str module:str project:Named link:obj"),
    "V3Portal": record(
        "id:str portal_name:str org_name:str timezone:str project_plan:str is_default_portal:bool owner:obj profile:obj"
    ),
    "V3Project": record(
        "id:str key:str name:str project_type:str description:str status:V3Status owner:Person is_public_project:bool "
        "created_time:str modified_time:str created_by:Person",
        "issues:obj",
    ),
    "V3Milestone": record(
        "id:str name:str flag:str start_date:str end_date:str owner:Person created_time:str status:V3Status "
        "project:Named"
    ),
    "V3User": record(
        "zpuid:str name:str email:str",
        "id:str zuid:int full_name:str display_name:str first_name:str last_name:str role:obj added_time:str "
        "user_type:str status:str is_active:bool is_confirmed:bool",
    ),
    "V31User": record(
        "id:str zuid:str email:str first_name:str last_name:str full_name:str status:str user_type:str "
        "is_confirmed:bool is_resend_invite:bool added_time:str updated_time:str last_accessed_on:any role:obj "
        "portal_profile:obj reporting_to:any business_hours:any budget:any"
    ),
    "V3TimeLogDay": record("date:str log_details:[V3TimeLog]"),
    "V3TimeLog": record(
        "id:str date:str type:str log_hour:str notes:str log_notes:str billing_status:str approval:obj owner:Person "
        "added_by:Person project:Named created_time:str last_modified_time:str",
        "module_detail:obj log_name:str start_time:str end_time:str",
    ),
    "Person": record("name:str email:str", "zpuid:str zuid:int first_name:str last_name:str"),
    "Author": record(
        "full_name:str name:str",
        "zpuid:str id:str first_name:str last_name:str email:str is_client_user:bool business_hours_id:str",
    ),
    "Valued": record("id:str value:str"),
    "V3Status": record("id:str name:str", "color:str color_hexcode:str is_closed_type:bool"),
    "Issue": record(
        "id:str prefix:str name:str project:Named flag:str status:V3Status severity:Valued is_it_reproducible:Valued "
        "classification:Valued module:Valued assignee:Person created_by:Person created_time:str added_via:str "
        "subscription_type:str",
        "last_updated_time:str description:str completed_time:str due_date:str release_milestone:Named "
        "affected_milestone:Named tags:[Named] followers:[Person] custom_fields:any",
    ),
    "V3Comment": record(
        "id:str comment:str added_by:Author last_modified_by:Author created_time:str last_modified_time:str "
        "added_via:str reactions:obj third_party_service_details:obj can_edit_comment:bool can_delete_comment:bool",
        "attachments:[obj]",
    ),
    "V3Attachment": record(
        "attachment_id:str name:str type:str size:str entity_id:str entity_type:str created_by:str created_time:str "
        "associated_by:str associated_by_name:str associated_time_long:str preview_url:str download_url:str "
        "permanent_url:str third_party_file_id:str trashed:bool"
    ),
    "V3Activity": record("id:str time:str user:obj activity:str field:obj"),
    "V3Remark": record("id:str content:str created_by:Person created_time:str last_modified_time:str"),
    "V3Forum": record("id:str title:str content:str category_id:str created_by:Person created_time:str"),
    "V3Event": record("id:str title:str location:str starts_at:str ends_at:str participants:[Person]"),
    "V3Hit": record("id:str name:str module:str project:Named"),
    "V3Module": record("id:str api_name:str singular_name:str plural_name:str"),
    "V3Field": record(
        "id:str api_name:str display_name:str type:str is_custom_field:bool is_mandatory:bool pick_list_values:[Valued]"
    ),
    "PageInfo": record("page:int per_page:int has_next_page:any", "page_count:int"),
    "Error": record("error:obj"),
}
