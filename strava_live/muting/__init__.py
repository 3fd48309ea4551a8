"""People whom a person does not want to hear from: muted or blocked, without the other learning of it."""
