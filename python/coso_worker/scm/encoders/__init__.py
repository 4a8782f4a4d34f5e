"""What an SCM reads utterances with."""
