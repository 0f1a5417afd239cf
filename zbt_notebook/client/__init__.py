"""The client: sign in, call, list, tabulate and mirror from a script, a job or a server as well as from a notebook."""
