"""Many decisions: one after the other (`many`), on tables (`frames`), on files (`files`), on a cluster (`spark`)."""
