"""The pages of governance. Each view gathers, a template shows; services alone write."""
