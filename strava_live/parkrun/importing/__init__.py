"""Import the results that an athlete pastes, in three steps: store a draft, preview the changes, apply them."""
