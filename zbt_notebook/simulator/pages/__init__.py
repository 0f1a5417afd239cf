"""The pages a browser sees: consent, redirect, device, error and status."""
