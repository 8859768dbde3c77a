"""Why: built when asked for, from what the decision keeps."""
