"""From a phone out of the box to one that reports: the verbs, the sheet, the notice, the first contact."""
