// The report has arrived: its draft is no longer needed.
localStorage.removeItem("cc-report-draft");
