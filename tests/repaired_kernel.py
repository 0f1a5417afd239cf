"""A kernel that has been repaired before it takes its first message, for the versions that can lose it."""

from ipykernel.kernelapp import IPKernelApp

from zbt_notebook.notebook.ipykernel_repair import repair_lost_wakeups

if __name__ == "__main__":
    application = IPKernelApp.instance()
    application.initialize()
    repair_lost_wakeups(application.kernel)
    application.start()
