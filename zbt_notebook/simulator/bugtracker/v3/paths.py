"""Where V3's things are."""

V3 = "/api/v3"
P = f"{V3}/portal/{{portal}}"
J = f"{P}/projects/{{project}}"
I = f"{J}/issues/{{bug}}"  # noqa: E741  the sheet's own letter, as P and J
P31 = "/api/v3.1/portal/{portal}"
J31 = f"{P31}/projects/{{project}}"
I31 = f"{J31}/issues/{{bug}}"
